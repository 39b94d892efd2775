// SPDX-License-Identifier: GPL-2.0-only
/* Three simulated packs, each on an adapter of its own, and one battery of them. */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "COMPOSIT", 1)
{
    Scope (\_SB)
    {
        Device (PSM1)
        {
            Name (_HID, "PSYM0001")
            Name (_UID, 1)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "sim,design-milliamp-hours", 4400 },
                    Package () { "sim,full-milliamp-hours", 4000 },
                    Package () { "sim,design-millivolt", 10800 },
                    Package () { "sim,soc-permille", 500 },
                    Package () { "sim,serial", 257 },
                    Package () { "sim,load-milliamp", 0xfffffe70 },
                    Package () { "sim,speed", 0 }
                }
            })

            Device (BAT)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 1)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x000B, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSM1", 0,
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

        Device (PSM2)
        {
            Name (_HID, "PSYM0001")
            Name (_UID, 2)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "sim,design-milliamp-hours", 6000 },
                    Package () { "sim,full-milliamp-hours", 5600 },
                    Package () { "sim,design-millivolt", 14400 },
                    Package () { "sim,soc-permille", 800 },
                    Package () { "sim,serial", 514 },
                    Package () { "sim,load-milliamp", 0xfffffda8 },
                    Package () { "sim,speed", 0 }
                }
            })

            Device (BAT)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 2)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x000B, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSM2", 0,
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

        Device (PSM3)
        {
            Name (_HID, "PSYM0001")
            Name (_UID, 3)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "sim,design-milliamp-hours", 2000 },
                    Package () { "sim,full-milliamp-hours", 2000 },
                    Package () { "sim,design-millivolt", 10800 },
                    Package () { "sim,soc-permille", 250 },
                    Package () { "sim,serial", 771 },
                    Package () { "sim,load-milliamp", 0xffffff38 },
                    Package () { "sim,speed", 0 }
                }
            })

            Device (BAT)
            {
                Name (_HID, "PRP0001")
                Name (_UID, 3)
                Name (_CRS, ResourceTemplate ()
                {
                    I2cSerialBusV2 (0x000B, ControllerInitiated, 100000,
                        AddressingMode7Bit, "\\_SB.PSM3", 0,
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

        Device (PSC1)
        {
            Name (_HID, "PRP0001")
            Name (_UID, 9)
            Name (_DSD, Package ()
            {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package ()
                {
                    Package () { "compatible", "composite-battery" },
                    Package ()
                    {
                        "batteries",
                        Package () { \_SB.PSM1.BAT, \_SB.PSM2.BAT, \_SB.PSM3.BAT }
                    }
                }
            })
        }
    }
}
