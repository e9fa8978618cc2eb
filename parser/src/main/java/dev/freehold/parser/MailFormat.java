package dev.freehold.parser;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.SimpleDateFormat;
import java.util.Locale;
import java.util.TimeZone;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.tika.metadata.Metadata;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;

/// E-mail: the subject heads it, then who wrote to whom and when, then the text; attachments are
/// named and not read.
final class MailFormat implements DocumentReader.Format {

  private static final int DEEPEST = 20;

  @Override
  public int read(Path file, Metadata metadata, Output out) throws IOException {
    var builder = new DefaultMessageBuilder();
    builder.setMimeEntityConfig(
        MimeConfig.custom()
            .setMaxHeaderCount(2000)
            .setMaxHeaderLen(100_000)
            .setMaxLineLen(-1)
            .build());
    Message message;
    try (InputStream stream = Files.newInputStream(file)) {
      message = builder.parseMessage(stream);
    }
    try {
      head(message, out);
      body(message, out, 0);
    } finally {
      message.dispose();
    }
    return 1;
  }

  private static void head(Message message, Output out) {
    if (message.getSubject() != null) {
      out.heading(1, message.getSubject(), 0);
    }
    var line = new StringBuilder();
    if (message.getFrom() != null) {
      line.append("From: ").append(join(message.getFrom()));
    }
    if (message.getTo() != null) {
      line.append(line.isEmpty() ? "" : ". ").append("To: ").append(join(message.getTo()));
    }
    if (message.getDate() != null) {
      var format = new SimpleDateFormat("yyyy-MM-dd HH:mm", Locale.ROOT);
      format.setTimeZone(TimeZone.getTimeZone("UTC"));
      line.append(line.isEmpty() ? "" : ". ")
          .append("Date: ")
          .append(format.format(message.getDate()))
          .append(" UTC");
    }
    out.paragraph(line.toString(), 0);
  }

  private static String join(Iterable<?> addresses) {
    var text = new StringBuilder();
    for (Object address : addresses) {
      text.append(text.isEmpty() ? "" : ", ").append(address);
    }
    return text.toString();
  }

  private static void body(Entity entity, Output out, int depth) throws IOException {
    if (depth > DEEPEST) {
      out.problem("", "The message is nested too deep; its inner parts were left out.");
      return;
    }
    Body body = entity.getBody();
    String type = String.valueOf(entity.getMimeType());
    if ("attachment".equals(entity.getDispositionType())) {
      attachment(entity, out);
    } else if (body instanceof Multipart parts) {
      if (type.equals("multipart/alternative")) {
        Entity best = best(parts);
        if (best != null) {
          body(best, out, depth + 1);
        }
      } else {
        for (Entity part : parts.getBodyParts()) {
          body(part, out, depth + 1);
        }
      }
    } else if (body instanceof Message inner) {
      head(inner, out);
      body(inner, out, depth + 1);
    } else if (body instanceof TextBody text && type.equals("text/html")) {
      HtmlFormat.read(Jsoup.parse(all(text)), out);
    } else if (body instanceof TextBody text) {
      paragraphs(all(text), out);
    } else if (!type.startsWith("image/") || entity.getFilename() != null) {
      attachment(entity, out);
    }
  }

  // Plain text says the same with less around it.
  private static @Nullable Entity best(Multipart parts) {
    Entity best = null;
    for (Entity part : parts.getBodyParts()) {
      if (part.getMimeType().equals("text/plain")) {
        return part;
      }
      best = part;
    }
    return best;
  }

  private static void attachment(Entity entity, Output out) {
    String name = entity.getFilename() == null ? entity.getMimeType() : entity.getFilename();
    out.problem(
        "attachment " + name, "This attachment was not read; add it as a document of its own.");
  }

  private static String all(TextBody body) throws IOException {
    try (Reader reader = body.getReader()) {
      var text = new StringWriter();
      reader.transferTo(text);
      return text.toString();
    }
  }

  private static void paragraphs(String text, Output out) {
    for (String paragraph : text.split("\\R\\s*\\R", -1)) {
      out.paragraph(paragraph, 0);
    }
  }
}
