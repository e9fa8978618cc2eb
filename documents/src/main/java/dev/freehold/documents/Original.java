package dev.freehold.documents;

import java.io.InputStream;

/// The bytes of a document as they came, to be closed by who asked.
///
/// @param document what they belong to
/// @param stream the bytes, exactly [Document#bytes] of them; stays readable when the document is
///   deleted meanwhile
public record Original(Document document, InputStream stream) {}
