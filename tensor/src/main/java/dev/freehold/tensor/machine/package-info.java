/// Machine code written by this room at run time, where the Vector API does not reach what the
/// processor has. An instruction is a method of [dev.freehold.tensor.machine.Assembler], so that
/// what runs can be read; nothing here is a blob of bytes.
@org.jspecify.annotations.NullMarked
package dev.freehold.tensor.machine;
