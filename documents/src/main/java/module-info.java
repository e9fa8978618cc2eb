/// Documents with readers: parse, index, retrieve, ground, cite.
@org.jspecify.annotations.NullMarked
module dev.freehold.documents {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;
}
