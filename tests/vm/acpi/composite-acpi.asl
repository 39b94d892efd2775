// SPDX-License-Identifier: GPL-2.0-only
/*
 * A laptop with two control-method batteries and a mains adapter. The scratch
 * register of COM2, which no driver uses, holds the state of the machine, so that
 * the guest can change it through /dev/port:
 *
 *	bit 0	unplugged: the adapter is offline
 *	bit 1	idle: both packs report that they are discharged at a rate of 0
 *	bit 2	the second pack is out of its bay
 *
 * The first method that reads a new state sends notifications, as an embedded
 * controller would.
 */
DefinitionBlock ("", "SSDT", 2, "PSYMC", "COMPACPI", 1)
{
    Scope (\_SB)
    {
        OperationRegion (SCRT, SystemIO, 0x02FF, 0x01)
        Field (SCRT, ByteAcc, NoLock, Preserve)
        {
            STAT, 8
        }

        Name (SEEN, 0)

        Device (ADP0)
        {
            Name (_HID, "ACPI0003")
            Name (_PCL, Package () { \_SB })

            Method (_STA, 0, NotSerialized)
            {
                Return (0x0F)
            }

            Method (_PSR, 0, NotSerialized)
            {
                If (LOOK () & 0x01)
                {
                    Return (0)
                }
                Return (1)
            }
        }

        Device (BAT0)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 0)
            Name (_PCL, Package () { \_SB })

            Method (_STA, 0, NotSerialized)
            {
                Return (0x1F)
            }

            Method (_BIF, 0, NotSerialized)
            {
                Return (Package ()
                {
                    0, 24000, 23000, 1, 11400, 1000, 500, 1, 1,
                    "INNER", "111", "LION", "PSYMC"
                })
            }

            Method (_BST, 0, NotSerialized)
            {
                // Charged from the adapter; at rest beside the other pack
                If (LOOK () & 0x01)
                {
                    Return (Package () { 1, 0, 20000, 12000 })
                }
                Return (Package () { 2, 9000, 20000, 12000 })
            }
        }

        Device (BAT1)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 1)
            Name (_PCL, Package () { \_SB })

            Method (_STA, 0, NotSerialized)
            {
                If (LOOK () & 0x04)
                {
                    Return (0x0F)
                }
                Return (0x1F)
            }

            Method (_BIF, 0, NotSerialized)
            {
                Return (Package ()
                {
                    0, 72000, 70000, 1, 10800, 1000, 500, 1, 1,
                    "OUTER", "222", "LION", "PSYMC"
                })
            }

            Method (_BST, 0, NotSerialized)
            {
                Local0 = LOOK ()
                If ((Local0 & 0x03) == 0x01)
                {
                    Return (Package () { 1, 8000, 50000, 11000 })
                }
                If (Local0 & 0x02)
                {
                    Return (Package () { 1, 0, 50000, 11000 })
                }
                Return (Package () { 0, 0, 50000, 11000 })
            }
        }

        Method (LOOK, 0, Serialized)
        {
            Local0 = STAT
            If (Local0 != SEEN)
            {
                SEEN = Local0
                Notify (ADP0, 0x80)
                Notify (BAT0, 0x80)
                Notify (BAT1, 0x81)
            }
            Return (Local0)
        }
    }
}
