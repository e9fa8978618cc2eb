package dev.freehold.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// One command of the program.
interface Subcommand {

  /// Its name, options and help.
  CommandSpec spec();

  /// The commands below it.
  default List<Subcommand> children() {
    return List.of();
  }

  /// Runs it.
  ///
  /// @param parsed its own options and parameters
  /// @param settings what flags, environment, file and defaults came to
  /// @return the code to exit with
  int run(ParseResult parsed, Settings settings);
}
