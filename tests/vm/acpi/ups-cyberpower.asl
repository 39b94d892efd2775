// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CyberPower UPS at the second serial port of QEMU's q35 machine.
 */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "UPSY", 1)
{
    External (\_SB.PCI0.SF8.COM2, DeviceObj)

    Scope (\_SB.PCI0.SF8.COM2)
    {
        Device (UPS)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 24)
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
                    Package () { "compatible", "cyberpower,text-ups" },
                    Package () { "current-speed", 2400 },
                    Package () { "critical-delay-sec", 10 }
                }
            })
        }
    }
}
