// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gauges and composites with wrong properties: one fault each. Only the last gauge
 * is valid, with values at the ends of their ranges.
 */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "BADFIRM", 1)
{
    Scope (\_SB)
    {
        Device (PSIM)
        {
            Name (_HID, "PSYM0001")
            Name (_UID, 1)

            Device (BT01)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 1)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x0021, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSIM", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "sbs,sbs-battery" },
                        Package () { "sbs,i2c-retry-count", "two" }
                    }
                })
            }

            Device (BT02)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 2)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x0022, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSIM", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "sbs,sbs-battery" },
                        Package () { "sbs,i2c-retry-count", 101 }
                    }
                })
            }

            Device (BT03)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 3)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x0023, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSIM", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "sbs,sbs-battery" },
                        Package () { "sbs,poll-retry-count", Package () { 1, 2 } }
                    }
                })
            }

            Device (BT04)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 4)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x0024, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSIM", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "sbs,sbs-battery" },
                        Package () { "sbs,poll-retry-count", 3601 }
                    }
                })
            }

            Device (BT05)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 5)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x0025, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSIM", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "sbs,sbs-battery" },
                        Package () { "battery-role", "chief" }
                    }
                })
            }

            Device (BAT)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 6)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x000B, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSIM", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "sbs,sbs-battery" },
                        Package () { "sbs,i2c-retry-count", 100 },
                        Package () { "sbs,poll-retry-count", 3600 },
                        Package () { "sbs,disable-charger-broadcasts", 1 }
                    }
                })
            }
        }

        Device (PSC1)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 7)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "composite-battery" },
                    Package () { "batteries", 1 }
                }
            })
        }

        Device (PSC2)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 8)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "composite-battery" },
                    Package () { "batteries", Package () { \_SB.PSIM.BAT } },
                    Package () { "topology", "star" }
                }
            })
        }
    }
}
