/// Teaching: the data set made of documents, exchanges and files; the job; the exam and its gates.
@org.jspecify.annotations.NullMarked
module dev.freehold.teaching {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;
  requires transitive dev.freehold.documents;
  requires dev.freehold.evaluation;
  requires tools.jackson.databind;

  exports dev.freehold.teaching;
  exports dev.freehold.teaching.exam;
  exports dev.freehold.teaching.lesson;
  exports dev.freehold.teaching.recipe;
}
