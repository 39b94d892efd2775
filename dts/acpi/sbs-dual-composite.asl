// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Two smart batteries on two I2C controllers of a PC, combined into one. Find the names
 * of the controllers, for i2c-1 and i2c-2:
 *
 *	cat /sys/bus/i2c/devices/i2c-[12]/firmware_node/path
 *
 * replace \_SB.PCI0.I2C0 and \_SB.PCI0.I2C1 (four times each) with them, and load the
 * table as described in Documentation/admin-guide/describing-hardware.rst.
 *
 * Supplies: BAT0, the composite of both packs, and its members pack0 and pack1.
 */
DefinitionBlock ("", "SSDT", 2, "USER", "SBSDUAL", 1)
{
    External (\_SB.PCI0.I2C0, DeviceObj)
    External (\_SB.PCI0.I2C1, DeviceObj)

    Scope (\_SB.PCI0.I2C0)
    {
        Device (PACK)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 32)
            Name (_CRS, ResourceTemplate ()
            {
                I2cSerialBusV2 (0x000B, ControllerInitiated, 100000,
                    AddressingMode7Bit, "\\_SB.PCI0.I2C0", 0,
                    ResourceConsumer, , Exclusive)
            })
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "sbs,sbs-battery" },
                    Package () { "battery-role", "member" }
                }
            })
        }
    }

    Scope (\_SB.PCI0.I2C1)
    {
        Device (PACK)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 33)
            Name (_CRS, ResourceTemplate ()
            {
                I2cSerialBusV2 (0x000B, ControllerInitiated, 100000,
                    AddressingMode7Bit, "\\_SB.PCI0.I2C1", 0,
                    ResourceConsumer, , Exclusive)
            })
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "sbs,sbs-battery" },
                    Package () { "battery-role", "member" }
                }
            })
        }
    }

    Scope (\_SB)
    {
        Device (PSC1)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 34)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "composite-battery" },
                    Package ()
                    {
                        "batteries",
                        Package () { \_SB.PCI0.I2C0.PACK, \_SB.PCI0.I2C1.PACK }
                    },
                    Package () { "topology", "parallel" }
                }
            })
        }
    }
}
