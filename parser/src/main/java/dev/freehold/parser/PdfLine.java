package dev.freehold.parser;

import java.util.List;
import java.util.stream.Collectors;

/// A line of a PDF page: one piece of running text, or several with wide gaps between, as in
/// tables.
///
/// Lengths are in points; `y` grows downwards.
///
/// @param page from 1
/// @param pieces from left to right as written
/// @param pageWidth of the page it stands on
/// @param pageHeight of the page it stands on
record PdfLine(int page, List<Piece> pieces, float pageWidth, float pageHeight) {

  /// A piece of a line without wide gaps.
  ///
  /// @param x0 left end
  /// @param x1 right end
  /// @param y baseline
  /// @param size of most of its characters, in half points
  /// @param bold whether nearly all of it is
  record Piece(String text, float x0, float x1, float y, float size, boolean bold) {}

  PdfLine {
    pieces = List.copyOf(pieces);
  }

  String text() {
    return pieces.stream().map(Piece::text).collect(Collectors.joining(" "));
  }

  float x0() {
    return pieces.getFirst().x0();
  }

  float x1() {
    return pieces.getLast().x1();
  }

  float y() {
    return pieces.getFirst().y();
  }

  float size() {
    return pieces.getFirst().size();
  }

  boolean bold() {
    return pieces.stream().allMatch(Piece::bold);
  }
}
