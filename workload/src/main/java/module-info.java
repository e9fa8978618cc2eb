/// Workloads: routes, capture, shadow, canary, fallback, switch.
@org.jspecify.annotations.NullMarked
module dev.freehold.workload {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;
  requires transitive dev.freehold.governance;
  requires com.networknt.schema;
  requires tools.jackson.databind;

  exports dev.freehold.workload;
}
