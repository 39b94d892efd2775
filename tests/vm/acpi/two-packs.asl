// SPDX-License-Identifier: GPL-2.0-only
/* Two simulated SMBus adapters, each with a smart battery of its own. */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "TWOPACKS", 1)
{
    Scope (\_SB)
    {
        Device (PSM1)
        {
            Name (_HID, "PSYM0001")
            Name (_UID, 1)

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
                        Package () { "compatible", "sbs,sbs-battery" }
                    }
                })
            }
        }

        Device (PSM2)
        {
            Name (_HID, "PSYM0001")
            Name (_UID, 2)

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
                        Package () { "compatible", "sbs,sbs-battery" }
                    }
                })
            }
        }
    }
}
