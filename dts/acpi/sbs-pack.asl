// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A smart battery on the SMBus of a PC. Find the name of the controller, here for
 * i2c-0:
 *
 *	cat /sys/bus/i2c/devices/i2c-0/firmware_node/path
 *
 * replace \_SB.PCI0.SBUS (three times) with it, and load the table as described in
 * Documentation/admin-guide/describing-hardware.rst.
 *
 * Supply: BAT0, or the next free one.
 */
DefinitionBlock ("", "SSDT", 2, "USER", "SBSPACK", 1)
{
    External (\_SB.PCI0.SBUS, DeviceObj)

    Scope (\_SB.PCI0.SBUS)
    {
        Device (PACK)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 31)
            Name (_CRS, ResourceTemplate ()
            {
                I2cSerialBusV2 (0x000B, ControllerInitiated, 100000,
                    AddressingMode7Bit, "\\_SB.PCI0.SBUS", 0,
                    ResourceConsumer, , Exclusive)
            })
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "sbs,sbs-battery" }
                }
            })
        }
    }
}
