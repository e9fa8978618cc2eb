/// Principals, keys and sessions: who asks.
@org.jspecify.annotations.NullMarked
module dev.freehold.governance {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;

  exports dev.freehold.governance;
}
