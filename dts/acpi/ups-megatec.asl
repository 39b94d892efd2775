// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A Megatec UPS at a serial port of a PC. Find the name of the port, for ttyS0:
 *
 *	cat /sys/class/tty/ttyS0/device/firmware_node/path
 *
 * replace \_SB.PCI0.SF8.COM2 (three times) with it, and set the properties of the UPS
 * in _DSD; leave out unknown ones. Then load the table as described in
 * Documentation/admin-guide/describing-hardware.rst.
 *
 * Supplies: ups0, the battery, and ups0-mains, the mains input.
 */
DefinitionBlock ("", "SSDT", 2, "USER", "UPSQ1", 1)
{
    External (\_SB.PCI0.SF8.COM2, DeviceObj)

    Scope (\_SB.PCI0.SF8.COM2)
    {
        Device (UPS)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 21)
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
                    Package () { "compatible", "megatec,q1-ups" },
                    Package () { "current-speed", 2400 },
                    Package () { "critical-delay-sec", 10 },
                    Package () { "energy-full-design-microwatt-hours", 46000000 },
                    Package () { "runtime-calibration", Package () { 50, 720, 100, 240 } }
                }
            })
        }
    }
}
