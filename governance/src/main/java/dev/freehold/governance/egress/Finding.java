package dev.freehold.governance.egress;

/// Something found in a text.
///
/// @param kind what it is
/// @param start where it begins in the text as it was written
/// @param end where it ends there
/// @param value what it says without separators and disguise: equal values are the same thing
record Finding(Kind kind, int start, int end, String value) {

  boolean overlaps(Finding other) {
    return start < other.end && other.start < end;
  }

  @Override
  public String toString() {
    return "Finding[%s at %d to %d]".formatted(kind, start, end); // Never what it says.
  }
}
