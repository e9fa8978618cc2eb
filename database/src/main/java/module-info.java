/// The embedded database.
@org.jspecify.annotations.NullMarked
module dev.freehold.database {
  requires static org.jspecify;
  requires transitive java.sql;
  requires transitive dev.freehold.chat;
  requires org.xerial.sqlitejdbc;

  exports dev.freehold.database;
}
