/// Proofs of workloads, from captured exchanges to recorded verdicts.
@org.jspecify.annotations.NullMarked
module dev.freehold.proving {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;
  requires transitive dev.freehold.evaluation;
  requires transitive dev.freehold.workload;
  requires tools.jackson.databind;

  exports dev.freehold.proving;
}
