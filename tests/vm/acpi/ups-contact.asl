// SPDX-License-Identifier: GPL-2.0-only
/*
 * A UPS with contact closure at the second serial port of QEMU's q35 machine, whose inputs
 * CTS, DSR and DCD are always high: on battery, with a low battery.
 */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "UPSC", 1)
{
    External (\_SB.PCI0.SF8.COM2, DeviceObj)

    Scope (\_SB.PCI0.SF8.COM2)
    {
        Device (UPS)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 23)
            Name (_CRS, ResourceTemplate ()
            {
                UARTSerialBusV2 (2400, DataBitsEight, StopBitsOne, 0, LittleEndian,
                    ParityTypeNone, FlowControlNone, 16, 16, "\\_SB.PCI0.SF8.COM2",
                    0, ResourceConsumer, , Exclusive)
            })
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "psy-miniclass,contact-ups" },
                    Package () { "contact,cable", "apc-940-0020b" },
                    Package () { "contact,shutdown-hold-ms", 500 },
                    Package () { "critical-delay-sec", 3600 }
                }
            })
        }
    }
}
