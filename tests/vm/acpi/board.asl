// SPDX-License-Identifier: GPL-2.0-only
/* Two controllers with a simulated pack each, without a description of the packs. */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "BOARD", 1)
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
                    Package () { "sim,serial", 257 }
                }
            })
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
                    Package () { "sim,serial", 514 }
                }
            })
        }
    }
}
