/// Principals, keys and sessions: who asks; and the gate: what may leave.
@org.jspecify.annotations.NullMarked
module dev.freehold.governance {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;
  requires tools.jackson.databind;

  exports dev.freehold.governance;
  exports dev.freehold.governance.egress;
}
