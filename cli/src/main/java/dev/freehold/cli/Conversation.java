package dev.freehold.cli;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.Message;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/// A conversation with a person at a terminal: history, questions of several lines, answers that
/// Ctrl-C stops.
final class Conversation {

  private static final String SEVERAL_LINES = "\"\"\"";

  private final Shell shell;
  private final Path home;
  private final ChatModel model;
  private final ModelOptions options;
  private final List<Message> start;
  private final List<Message> messages;
  private final Answering answering = new Answering();

  Conversation(Shell shell, Path home, ChatModel model, ModelOptions options, List<Message> start) {
    this.shell = shell;
    this.home = home;
    this.model = model;
    this.options = options;
    this.start = List.copyOf(start);
    this.messages = new ArrayList<>(start);
  }

  void run() {
    try (Terminal terminal =
        TerminalBuilder.builder().system(true).encoding(StandardCharsets.UTF_8).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .variable(LineReader.HISTORY_FILE, historyFile())
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      PrintWriter out = terminal.writer();
      out.printf(
          "%s · /help says what else there is · Ctrl-C stops an answer, Ctrl-D leaves%n",
          model.card().name());
      out.flush();
      converse(terminal, reader, out);
    } catch (IOException e) {
      throw new Unavailable("The terminal cannot be used: " + e.getMessage(), e);
    }
  }

  private void converse(Terminal terminal, LineReader reader, PrintWriter out) {
    while (true) {
      String question;
      try {
        question = read(reader);
      } catch (UserInterruptException e) {
        continue;
      } catch (EndOfFileException e) {
        return;
      }
      if (question.startsWith("/")) {
        if (!command(question, out)) {
          return;
        }
      } else if (!question.isBlank()) {
        answer(terminal, question, out);
      }
    }
  }

  private static String read(LineReader reader) {
    String line = reader.readLine("› ").strip();
    StringBuilder text = new StringBuilder();
    if (line.startsWith(SEVERAL_LINES)) {
      line = line.substring(SEVERAL_LINES.length());
      while (!line.endsWith(SEVERAL_LINES)) {
        text.append(line).append('\n');
        line = reader.readLine("… ");
      }
      return text.append(line, 0, line.length() - SEVERAL_LINES.length()).toString().strip();
    }
    while (line.endsWith("\\")) {
      text.append(line, 0, line.length() - 1).append('\n');
      line = reader.readLine("… ");
    }
    return text.append(line).toString();
  }

  private boolean command(String line, PrintWriter out) {
    switch (line.strip().toLowerCase(Locale.ROOT)) {
      case "/exit", "/quit" -> {
        return false;
      }
      case "/clear" -> {
        messages.clear();
        messages.addAll(start);
        out.println("A new conversation.");
      }
      case "/help", "/?" ->
          out.println(
              """
              /clear   begin a new conversation
              /exit    leave (as Ctrl-D)
              \"""      begin and end a question of several lines; so does \\ at the end of a line\
              """);
      default -> out.println("There is no such command; /help lists them.");
    }
    out.flush();
    return true;
  }

  private void answer(Terminal terminal, String question, PrintWriter out) {
    messages.add(new Message.User(question));
    Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, _ -> answering.stop());
    try {
      Answering.Answer answer =
          answering.write(
              model,
              ChatCommand.request(messages, options),
              text -> {
                out.print(text);
                out.flush();
              });
      messages.add(new Message.Assistant(answer.text()));
      out.println(answer.ending().isEmpty() ? "" : " … (" + answer.ending() + ")");
    } catch (ContextLengthExceeded e) {
      messages.removeLast();
      out.println(e.getMessage() + " /clear begins a new conversation.");
    } catch (FreeholdException e) {
      messages.removeLast();
      out.println(e.getMessage());
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
      out.flush();
    }
  }

  /// Questions may be private: the file is its owner's alone.
  private Path historyFile() throws IOException {
    Path file = home.resolve("chat-history");
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    } catch (FileAlreadyExistsException e) {
      shell.err().flush(); // From an earlier conversation.
    }
    return file;
  }
}
