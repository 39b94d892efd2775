// SPDX-License-Identifier: GPL-2.0-only
/*
 * One simulated SMBus adapter with one smart battery at the address the
 * Smart Battery specification gives it.
 */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "DEFAULT", 1)
{
    Scope (\_SB)
    {
        Device (PSIM)
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
                        AddressingMode7Bit, "\\_SB.PSIM", 0,
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
