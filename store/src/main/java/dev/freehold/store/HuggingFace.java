package dev.freehold.store;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The model hub huggingface.co: `GET /api/models/OWNER/REPO?blobs=true` lists a repository at one
/// commit, `GET /OWNER/REPO/resolve/COMMIT/FILE` redirects to the bytes and states their size and
/// SHA-256 in `X-Linked-Size` and `X-Linked-Etag` (https://huggingface.co/docs/hub/api).
///
/// @param http whom to ask with
record HuggingFace(Http http) {

  private static final int MAX_LISTING = 16 << 20;
  private static final Pattern REPOSITORY =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /// A model that can be downloaded.
  ///
  /// @param name what it is called in the repository
  /// @param files its files, one or several
  /// @param licence as the repository's card states it
  record Located(String name, List<File> files, String licence) {

    /// One of them.
    ///
    /// @param name what the store calls it
    /// @param address where it can be had
    /// @param stated what the hub says its bytes hash to
    /// @param size as the hub states it
    record File(String name, URI address, Optional<Stated> stated, OptionalLong size) {}

    /// Its files as pieces.
    ///
    /// @throws Unavailable where the hub does not say of a file what it hashes to
    List<Piece> pieces(HuggingFace hub, Source.HuggingFace source) {
      List<Piece> pieces = new ArrayList<>();
      for (File file : files) {
        if (file.stated().isEmpty() || file.size().isEmpty()) {
          throw new Unavailable(
              "%s does not state the digest and size of %s; it is refused."
                  .formatted(source.title(), file.name()));
        }
        pieces.add(
            new Piece(
                file.name(),
                file.size().getAsLong(),
                file.stated(),
                Optional.empty(),
                (partial, events) -> hub.download(source, file, events).into(partial)));
      }
      return pieces;
    }
  }

  static String repository(String text) {
    if (!REPOSITORY.matcher(text).matches() || text.contains("..")) {
      throw new InvalidRequest(
          "A Hugging Face repository is written OWNER/NAME; \"%s\" is not."
              .formatted(Http.shorten(text)),
          "model");
    }
    return text;
  }

  /// Finds out, by the listing, which files are meant and what they must hash to.
  ///
  /// @throws NotFound where there is no such repository or file
  /// @throws InvalidRequest where several could be meant, listing them
  Located locate(Source.HuggingFace source) {
    JsonNode listing = listing(source);
    RepositoryFiles.Offer offer = RepositoryFiles.read(listing, source).choose();
    String commit =
        new Fields(listing, source.title())
            .optionalText("sha")
            .filter(sha -> COMMIT.matcher(sha).matches())
            .orElse("main");
    List<Located.File> files = new ArrayList<>();
    for (int i = 0; i < offer.files().size(); i++) {
      RepositoryFiles.Listed file = offer.files().get(i);
      URI address = resolve(source.repository(), commit, file.name());
      files.add(new Located.File(offer.stored(i), address, file.stated(), file.size()));
    }
    JsonNode licence = listing.path("cardData").path("license");
    return new Located(
        offer.name(),
        List.copyOf(files),
        licence.isString() ? spdx(licence.stringValue()) : ModelFacts.UNKNOWN);
  }

  /// A file of which everything is known; nothing is asked.
  Located known(Source.HuggingFace source, String file, Digest digest, OptionalLong size) {
    URI address = resolve(source.repository(), "main", file);
    return located(file, address, Optional.of(digest), size);
  }

  private static Located located(
      String file, URI address, Optional<Digest> digest, OptionalLong size) {
    Optional<Stated> stated = digest.map(Stated.Sha256::new);
    return new Located(
        file, List.of(new Located.File(file, address, stated, size)), ModelFacts.UNKNOWN);
  }

  /// Gets a file.
  Download download(Source.HuggingFace source, Located.File file, Consumer<PullEvent> events) {
    return new Download(
        http,
        file.address(),
        http.origins(),
        source.title(),
        file.size(),
        answer -> refusal(source, answer),
        events);
  }

  /// The address of a file that is known by name and digest; nothing is asked.
  URI resolve(String repository, String commit, String file) {
    String path =
        Arrays.stream(file.split("/", -1))
            .peek(HuggingFace::requireOrdinary)
            .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
            .collect(Collectors.joining("/"));
    return URI.create(
        "%s/%s/resolve/%s/%s".formatted(http.settings().hub(), repository, commit, path));
  }

  /// The digest the hub states for a file in the answer to its download, and the size.
  Located stated(Source.HuggingFace source, String file) {
    URI address = resolve(source.repository(), "main", file);
    try (Http.Answer answer =
        http.get(address, http.origins(), source.title(), Map.of("Range", "bytes=0-0"))) {
      if (answer.status() != 200 && answer.status() != 206) {
        throw refusal(source, answer);
      }
      Optional<Digest> digest =
          answer.hubHeader("X-Linked-Etag").flatMap(HuggingFace::digestOfEtag);
      if (digest.isEmpty()) {
        throw new Unavailable(
            "%s states no SHA-256 for %s; it is refused.".formatted(source.title(), file));
      }
      OptionalLong size =
          answer.hubHeader("X-Linked-Size").map(HuggingFace::number).orElse(OptionalLong.empty());
      return located(file, address, digest, size);
    } catch (IOException e) {
      throw new Unavailable(
          "%s: the connection was cut (%s).".formatted(source.title(), e.getMessage()), e);
    }
  }

  /// The hub's word on the digest in a download's headers must be the one expected.
  static Optional<Digest> digestOfEtag(String etag) {
    String plain = etag.replaceFirst("^W/", "").replace("\"", "");
    return plain.matches("[0-9a-f]{64}") ? Optional.of(new Digest(plain)) : Optional.empty();
  }

  /// What a refusing answer means, in a sentence that says what to do.
  FreeholdException refusal(Source.HuggingFace source, Http.Answer answer) {
    String page = http.settings().hub() + "/" + source.repository();
    String code = answer.header("X-Error-Code").orElse("");
    boolean hasToken = http.settings().token().isPresent();
    return switch (answer.status()) {
      case 401, 403 -> {
        if (code.equals("GatedRepo")) {
          yield new Unavailable(
              ("%s is gated: accept its licence at %s, then set HF_TOKEN to an access token of that"
                      + " account (%s/settings/tokens).")
                  .formatted(source.title(), page, http.settings().hub()));
        }
        if (hasToken && !code.equals("RepoNotFound")) {
          yield new Unavailable(
              "%s does not accept the token in HF_TOKEN. Make a new one at %s/settings/tokens, or unset it."
                  .formatted(source.title(), http.settings().hub()));
        }
        yield new NotFound(
            "%s: there is no such repository, or it is private. For a private one set HF_TOKEN to a token that may read it."
                .formatted(source.title()));
      }
      case 404 ->
          new NotFound(
              "%s has no such file. `freehold pull hf:%s` chooses one, or lists what there is."
                  .formatted(source.title(), source.repository()));
      default -> Http.unexpected(source.title(), answer.status());
    };
  }

  private JsonNode listing(Source.HuggingFace source) {
    URI address =
        URI.create(
            "%s/api/models/%s?blobs=true".formatted(http.settings().hub(), source.repository()));
    try (Http.Answer answer = http.get(address, http.origins(), source.title(), Map.of())) {
      if (answer.status() == 404) {
        throw new NotFound(source.title() + ": there is no such repository.");
      }
      if (answer.status() != 200) {
        throw refusal(source, answer);
      }
      return JsonMapper.shared().readTree(http.body(answer, MAX_LISTING, source.title()));
    } catch (JacksonException e) {
      throw new MalformedFile(source.title(), -1, "its listing is no JSON", e);
    } catch (IOException e) {
      throw new Unavailable(
          "%s: the connection was cut (%s).".formatted(source.title(), e.getMessage()), e);
    }
  }

  private static void requireOrdinary(String part) {
    if (part.isEmpty() || part.equals(".") || part.equals("..") || part.contains("\\")) {
      throw new InvalidRequest(
          "A file's path in a repository has no empty or dotted parts.", "model");
    }
  }

  private static OptionalLong number(String text) {
    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  private static String spdx(String licence) {
    return switch (licence) {
      case "apache-2.0" -> "Apache-2.0";
      case "mit" -> "MIT";
      case "llama3" -> "Llama 3 Community License";
      case "llama3.1" -> "Llama 3.1 Community License";
      case "llama3.2" -> "Llama 3.2 Community License";
      case "llama3.3" -> "Llama 3.3 Community License";
      default -> Http.shorten(licence);
    };
  }
}
