package dev.freehold.model.tokenizer;

import dev.freehold.chat.Unsupported;
import dev.freehold.model.gguf.Metadata;
import dev.freehold.model.text.MarkedText;
import java.nio.file.Path;
import java.util.Arrays;

/// Text to tokens and back, as a model file describes it.
///
/// Only a template's own markup becomes control tokens. Plain strings, and what [MarkedText] marks
/// as quoted, are text however much they look like markup. Unpaired surrogates are read as U+FFFD.
/// Immutable and safe for use by many threads.
public abstract sealed class Tokenizer
    permits BytePairTokenizer, SentencePieceTokenizer, UnigramTokenizer, WordPieceTokenizer {

  private final Vocabulary vocabulary;

  Tokenizer(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /// Reads the tokenizer of a model file.
  ///
  /// @throws dev.freehold.chat.MalformedFile where its parts do not fit together
  /// @throws Unsupported where its kind is not served, naming it
  public static Tokenizer read(Metadata metadata) {
    return of(TokenizerDescription.of(metadata));
  }

  /// Reads a Hugging Face `tokenizer.json`, with what `tokenizer_config.json` and
  /// `chat_template.jinja` beside it say where they are there.
  ///
  /// @throws dev.freehold.chat.NotFound where there is no such file
  /// @throws dev.freehold.chat.MalformedFile where it is no sound JSON or its parts do not fit
  /// @throws Unsupported where it uses what is not served, naming it
  public static Tokenizer read(Path tokenizerJson) {
    return of(TokenizerJson.read(tokenizerJson));
  }

  /// The tokenizer so described.
  ///
  /// @throws dev.freehold.chat.MalformedFile where the parts do not fit together
  /// @throws Unsupported where its kind is not served, naming it
  public static Tokenizer of(TokenizerDescription description) {
    Vocabulary vocabulary = Vocabulary.of(description);
    return switch (description.model()) {
      case "gpt2" -> new BytePairTokenizer(vocabulary, description);
      case "llama", "gemma4" -> new SentencePieceTokenizer(vocabulary, description);
      case "t5" -> new UnigramTokenizer(vocabulary, description);
      case "bert" -> new WordPieceTokenizer(vocabulary, description);
      default ->
          throw new Unsupported(
              "The tokenizer '%s'".formatted(description.model()), "gpt2, llama, gemma4, t5, bert");
    };
  }

  /// The tokens and what they are for.
  public final Vocabulary vocabulary() {
    return vocabulary;
  }

  /// The tokens of plain text, none of them a control token, without any at the beginning or end
  /// that the model may ask for.
  public final int[] encode(String text) {
    return encode(MarkedText.quoted(text));
  }

  /// The tokens of a rendered template: control tokens where its markup names them.
  public final int[] encode(MarkedText text) {
    var tokens = new Tokens();
    var plain = new StringBuilder();
    boolean afterControl = true;
    for (MarkedText.Span span : text.spans()) {
      if (span.quoted()) {
        plain.append(span.text());
        continue;
      }
      String markup = span.text();
      int from = 0;
      for (int i = 0; i < markup.length(); ) {
        TokenTrie.Match match = vocabulary.controlTokens().longest(markup, i);
        if (match == null) {
          i++;
          continue;
        }
        plain.append(markup, from, i);
        flush(plain, afterControl, tokens);
        tokens.add(match.token());
        afterControl = true;
        i += match.length();
        from = i;
      }
      plain.append(markup, from, markup.length());
    }
    flush(plain, afterControl, tokens);
    return tokens.toArray();
  }

  private void flush(StringBuilder plain, boolean first, Tokens tokens) {
    if (!plain.isEmpty()) {
      encodePlain(wellFormed(plain.toString()), first, tokens);
      plain.setLength(0);
    }
  }

  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        // Encoding replaces unpaired surrogates by '?', which U+FFFD says better.
        return text.codePoints()
            .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  /// Appends the tokens of text without control tokens.
  ///
  /// @param first whether it stands at the beginning or after a control token
  abstract void encodePlain(String text, boolean first, Tokens tokens);

  /// The bytes of a token; of a control token none. They may be part of a character only.
  public abstract byte[] bytes(int token);

  /// The text of tokens that [#encode] made, with U+FFFD where bytes are no whole character.
  public String decode(int... tokens) {
    var decoder = new Utf8Decoder();
    var text = new StringBuilder();
    for (int token : tokens) {
      text.append(decoder.append(bytes(token)));
    }
    return text.append(decoder.end()).toString();
  }

  /// Whether a text begins with a blank that the tokenizer has put there.
  public boolean addsLeadingSpace() {
    return false;
  }

  /// The text a prompt of plain text is fed as: with the token at the beginning that the model asks
  /// for, if it does.
  public final int[] withBeginning(int[] tokens) {
    var bos = vocabulary.beginningOfText();
    if (!vocabulary.addsBeginningOfText()
        || bos.isEmpty()
        || (tokens.length > 0 && tokens[0] == bos.getAsInt())) {
      return tokens;
    }
    int[] all = new int[tokens.length + 1];
    all[0] = bos.getAsInt();
    System.arraycopy(tokens, 0, all, 1, tokens.length);
    return all;
  }

  /// The text an encoder is fed: with the tokens at its beginning and end that the model asks for.
  public final int[] withEnds(int[] tokens) {
    int[] begun = withBeginning(tokens);
    var end = vocabulary.closing();
    if (end.isEmpty()) {
      return begun;
    }
    int[] all = Arrays.copyOf(begun, begun.length + 1);
    all[begun.length] = end.getAsInt();
    return all;
  }

  /// Two texts that a cross-encoder is fed: `[CLS] first [SEP] second [SEP]`, or with two tokens
  /// between them where the file asks for both, as RoBERTa does.
  public final int[] pair(int[] first, int[] second) {
    var all = new Tokens();
    for (int token : withEnds(first)) {
      all.add(token);
    }
    vocabulary.secondSeparator().ifPresent(all::add);
    for (int token : second) {
      all.add(token);
    }
    vocabulary.closing().ifPresent(all::add);
    return all.toArray();
  }

  /// A growing list of tokens.
  static final class Tokens {
    private int[] ids = new int[64];
    private int count;

    void add(int id) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, count * 2);
      }
      ids[count++] = id;
    }

    int[] toArray() {
      return Arrays.copyOf(ids, count);
    }
  }
}
