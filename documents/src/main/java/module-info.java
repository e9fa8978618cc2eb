/// Documents with readers: parse, index, retrieve, ground, cite.
@org.jspecify.annotations.NullMarked
module dev.freehold.documents {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;
  requires org.apache.lucene.core;
  requires org.apache.lucene.analysis.common;
  requires com.microsoft.onnxruntime;
  requires org.apache.opennlp.tools;
  requires tools.jackson.databind;

  exports dev.freehold.documents;
}
