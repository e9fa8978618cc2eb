package dev.freehold.documents;

/// Something in a document that could not be read.
///
/// @param where a page, a sheet, an attachment; empty for the whole document
/// @param what what is wrong, in a sentence a person can act on
public record Problem(String where, String what) {}
