/// Benchmarks, graders, statistics and verdicts.
@org.jspecify.annotations.NullMarked
module dev.freehold.evaluation {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires org.apache.commons.statistics.distribution;
  requires tools.jackson.databind;
  requires org.apache.pdfbox;
  requires org.snakeyaml.engine.v2;
  requires java.desktop;

  exports dev.freehold.evaluation;
  exports dev.freehold.evaluation.grader;
  exports dev.freehold.evaluation.statistics;
}
