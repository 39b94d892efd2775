// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated INA219 and INA226, each on an adapter of its own, and for each a battery of
 * 2 Ah that is described by the table.
 */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "VOLTAGE", 1)
{
    Scope (\_SB)
    {
        Device (INA1)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 1)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "psy-miniclass,sim-chip" },
                    Package () { "model", "ina219" }
                }
            })

            Device (MON)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 11)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x0042, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.INA1", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "ti,ina219" },
                        Package () { "#io-channel-cells", 1 }
                    }
                })
            }
        }

        Device (INA2)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 2)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "psy-miniclass,sim-chip" },
                    Package () { "model", "ina226" }
                }
            })

            Device (MON)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 21)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x0040, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.INA2", 0,
                        ResourceConsumer, , Exclusive)
                })
                Name (_DSD, Package ()
                {
                    ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                    Package ()
                    {
                        Package () { "compatible", "ti,ina226" },
                        Package () { "#io-channel-cells", 1 }
                    }
                })
            }
        }

        Device (CELL)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 3)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "simple-battery" },
                    Package () { "device-chemistry", "lithium-ion" },
                    Package () { "charge-full-design-microamp-hours", 2000000 },
                    Package () { "factory-internal-resistance-micro-ohms", 100000 },
                    Package () { "constant-charge-voltage-max-microvolt", 4200000 },
                    Package () { "charge-term-current-microamp", 100000 },
                    Package () { "ocv-capacity-celsius", Package () { 25 } },
                    Package ()
                    {
                        "ocv-capacity-table-0", Package ()
                        {
                            4200000, 100, 3700000, 50, 3500000, 20, 3000000, 0
                        }
                    }
                }
            })
        }

        Device (VG1)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 4)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "psy-miniclass,voltage-gauge" },
                    Package ()
                    {
                        "io-channels", Package ()
                        {
                            \_SB.INA1.MON, 1, \_SB.INA1.MON, 3
                        }
                    },
                    Package () { "io-channel-names", Package () { "voltage", "current" } },
                    Package () { "monitored-battery", Package () { \_SB.CELL } }
                }
            })
        }

        Device (VG2)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 5)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "psy-miniclass,voltage-gauge" },
                    Package ()
                    {
                        "io-channels", Package ()
                        {
                            \_SB.INA2.MON, 1, \_SB.INA2.MON, 3
                        }
                    },
                    Package () { "io-channel-names", Package () { "voltage", "current" } },
                    Package () { "monitored-battery", Package () { \_SB.CELL } }
                }
            })
        }
    }
}
