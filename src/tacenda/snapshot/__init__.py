"""The snapshot: what leaves the desk. An immutable, signed folder that answers for a catalogue without the desk.

`build` compiles it, `verify` checks every byte, `opened` reads it by memory map, `manifest` says what is in it.
"""
