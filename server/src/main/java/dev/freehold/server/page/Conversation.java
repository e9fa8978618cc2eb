package dev.freehold.server.page;

import java.time.Instant;
import java.util.List;

/// One conversation of one person.
///
/// @param id opaque
/// @param title the beginning of its first question, or what the person made of it; empty at first
/// @param model the name of the model that answers in it
/// @param collections the ids of the collections it is answered from; empty: from none
/// @param updated when something was last said or changed
record Conversation(
    String id, String title, String model, List<String> collections, Instant updated) {
  Conversation {
    collections = List.copyOf(collections);
  }
}
