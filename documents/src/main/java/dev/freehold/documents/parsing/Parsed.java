package dev.freehold.documents.parsing;

import dev.freehold.documents.Block;
import dev.freehold.documents.Problem;
import java.util.List;

/// What the child process read of a document.
///
/// @param mediaType as found in the bytes; empty where the child did not get that far
/// @param pages pages, slides or sheets; 1 where the format knows none
/// @param blocks in reading order
/// @param problems what could not be read
public record Parsed(String mediaType, int pages, List<Block> blocks, List<Problem> problems) {
  public Parsed {
    blocks = List.copyOf(blocks);
    problems = List.copyOf(problems);
  }
}
