package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.Conflict;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Principal;
import dev.freehold.chat.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterStoreTest {

  private static final Digest BASE = Digest.of("ab".repeat(32));
  private static final AdapterFacts FACTS = new AdapterFacts("llama", 8, 16.5f, 7, 1234);
  private static final AdapterSource STAFF = new AdapterSource.Named(Set.of("group:staff"));
  private static final Principal ANNA = new Principal("anna", "Anna", Set.of("staff", "hr"));
  private static final Principal BEN = new Principal("ben", "Ben", Set.of("staff"));

  @TempDir private Path folder;

  private AdapterStore store() {
    return AdapterStore.in(ModelStore.open(folder.resolve("home")));
  }

  private static Publication publication(String name, AdapterSource... sources) {
    return new Publication(
        new Name(name),
        BASE,
        FACTS,
        List.of(sources),
        Set.of("document:1", "document:2"),
        "taught from Handbook",
        "{\"passed\":true}");
  }

  private static AdapterWriter bytes(String text) {
    return file -> {
      try {
        Files.writeString(file, text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Test
  void whatWasPublishedIsReadBackAsItWas() throws IOException {
    AdapterStore store = store();
    Publication published =
        publication("handbook-1", STAFF, new AdapterSource.Kept("collection:9"));
    StoredAdapter adapter = store.publish(published, bytes("adapter"));
    assertThat(store.resolve("handbook-1")).isEqualTo(adapter);
    assertThat(adapter.publication()).isEqualTo(published);
    assertThat(Files.readString(adapter.file())).isEqualTo("adapter");
    assertThat(adapter.bytes()).isEqualTo(7);
    assertThat(store.publish(published, bytes("adapter"))).isEqualTo(adapter);
    assertThatThrownBy(() -> store.publish(published, bytes("another")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("handbook-1");
    assertThat(Files.readString(store.resolve("handbook-1").file())).isEqualTo("adapter");
  }

  @Test
  void onlyWhoMayReadEverySourceSeesItAndOthersCannotTellItFromNothing() {
    AdapterStore store = store();
    store.publish(
        publication("both", STAFF, new AdapterSource.Named(Set.of("group:hr", "person:zoe"))),
        bytes("1"));
    store.publish(publication("open", new AdapterSource.Named(Set.of("everybody"))), bytes("2"));
    store.publish(publication("nobody", new AdapterSource.Named(Set.of())), bytes("3"));
    assertThat(store.list(ANNA, SourceRights.NONE))
        .extracting(StoredAdapter::name)
        .containsExactly("both", "open");
    assertThat(store.list(BEN, SourceRights.NONE))
        .extracting(StoredAdapter::name)
        .containsExactly("open");
    assertThat(store.find("both", BEN, SourceRights.NONE)).isEmpty();
    assertThat(store.find("both", ANNA, SourceRights.NONE)).isPresent();
    assertThat(store.find("nobody", ANNA, SourceRights.NONE)).isEmpty();
    Principal groupLikePerson = new Principal("group:hr", "hr", Set.of("person:zoe"));
    assertThat(store.find("both", groupLikePerson, SourceRights.NONE)).isEmpty();
  }

  @Test
  void theRightToASourceIsAskedEachTime() {
    AdapterStore store = store();
    store.publish(publication("kept", new AdapterSource.Kept("collection:9")), bytes("1"));
    Set<String> readers = new TreeSet<>(Set.of("anna"));
    SourceRights rights =
        (who, source) -> source.equals("collection:9") && readers.contains(who.id());
    assertThat(store.find("kept", ANNA, rights)).isPresent();
    assertThat(store.find("kept", BEN, rights)).isEmpty();
    readers.remove("anna");
    assertThat(store.find("kept", ANNA, rights)).isEmpty();
    assertThat(store.list(ANNA, rights)).isEmpty();
  }

  @Test
  void seededRandomSourcesAreReadByTheIntersectionOfTheirReaders() {
    Random random = new Random(7);
    List<String> groups = List.of("a", "b", "c", "d");
    for (int round = 0; round < 500; round++) {
      List<AdapterSource> sources = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(3); i++) {
        Set<String> readers = new TreeSet<>();
        for (String group : groups) {
          if (random.nextBoolean()) {
            readers.add("group:" + group);
          }
        }
        sources.add(new AdapterSource.Named(readers));
      }
      Set<String> mine = new TreeSet<>();
      groups.stream().filter(_ -> random.nextBoolean()).forEach(mine::add);
      Principal principal = new Principal("p", "P", mine);
      boolean expected = true;
      for (AdapterSource source : sources) {
        Set<String> readers = ((AdapterSource.Named) source).readers();
        expected &= mine.stream().anyMatch(group -> readers.contains("group:" + group));
      }
      StoredAdapter adapter =
          new StoredAdapter(
              publication("x", sources.toArray(AdapterSource[]::new)),
              1,
              BASE,
              java.time.Instant.EPOCH,
              List.of(),
              folder);
      assertThat(adapter.admits(principal, SourceRights.NONE)).isEqualTo(expected);
    }
  }

  @Test
  void aDeletedDocumentMarksWhatSawItOnce() {
    AdapterStore store = store();
    store.publish(publication("saw", STAFF, new AdapterSource.Kept("collection:9")), bytes("1"));
    assertThat(store.thatSaw("document:2")).hasSize(1);
    assertThat(store.thatSaw("collection:9")).hasSize(1);
    assertThat(store.thatSaw("document:3")).isEmpty();
    store.mark("saw", "Lease.pdf was deleted.");
    store.mark("saw", "Lease.pdf was deleted.");
    assertThat(store.resolve("saw").marks())
        .extracting(StoredAdapter.Mark::why)
        .containsExactly("Lease.pdf was deleted.");
  }

  @Test
  void aFileStaysUntilItsLastNameGoes() {
    AdapterStore store = store();
    StoredAdapter one = store.publish(publication("one", STAFF), bytes("same"));
    StoredAdapter two = store.publish(publication("two", STAFF), bytes("same"));
    assertThat(one.file()).isEqualTo(two.file());
    assertThat(store.remove("one")).isZero();
    assertThat(one.file()).exists();
    assertThat(store.remove("two")).isEqualTo(4);
    assertThat(one.file()).doesNotExist();
    assertThatThrownBy(() -> store.remove("two")).isInstanceOf(NotFound.class);
  }

  @Test
  void modelsKeepTheirFilesWhenAdaptersGoAndTheOtherWayRound() throws IOException {
    ModelStore models = ModelStore.open(folder.resolve("home"));
    AdapterStore store = AdapterStore.in(models);
    StoredAdapter adapter = store.publish(publication("one", STAFF), bytes("same"));
    assertThat(models.list()).isEmpty();
    assertThatThrownBy(() -> models.remove("one")).isInstanceOf(NotFound.class);
    assertThat(adapter.file()).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", "..", "", "A", "a+b", "a\u0000b", ".hidden"})
  void aNameThatIsNoNameIsNeverAPath(String name) {
    AdapterStore store = store();
    assertThat(store.onDisk(name)).isEmpty();
    assertThatThrownBy(() -> store.remove(name)).isInstanceOf(NotFound.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"anna", "person:", "group:", "everyone", "role:x"})
  void aReaderThatIsNoReaderIsRefused(String reader) {
    assertThatThrownBy(() -> new AdapterSource.Named(Set.of(reader)))
        .isInstanceOf(InvalidRequest.class);
  }

  @Test
  void withoutSourcesNobodyCouldSayWhoReadsItAndItIsRefused() {
    assertThatThrownBy(() -> publication("x")).isInstanceOf(InvalidRequest.class);
  }

  @Test
  void whicheverChangeOfTheDiskFailsNothingHalfIsSeenAndTheNextPublicationSucceeds()
      throws IOException {
    int failures = 0;
    boolean failed = true;
    for (int n = 0; failed; n++) {
      Path home = folder.resolve("disk-" + n);
      ModelStore.open(home);
      failed = false;
      try {
        AdapterStore.in(ModelStore.open(home, new FailingDisk(n + 3)))
            .publish(publication("one", STAFF), bytes("adapter"));
      } catch (FreeholdException e) {
        failed = true;
        failures++;
        assertThat(e).isInstanceOf(Unavailable.class);
      }
      AdapterStore after = AdapterStore.in(ModelStore.open(home));
      for (StoredAdapter seen : after.onDisk()) {
        assertThat(Files.readString(seen.file())).isEqualTo("adapter");
      }
      after.publish(publication("one", STAFF), bytes("adapter"));
      assertThat(Files.readString(after.resolve("one").file())).isEqualTo("adapter");
    }
    assertThat(failures).isGreaterThan(5);
  }
}
