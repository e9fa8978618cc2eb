package dev.freehold.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which room may use which: the table of docs/ARCHITECTURE.md, held.
class RoomsTest {

  private static final Map<String, Set<String>> MAY_USE = new LinkedHashMap<>();

  static {
    MAY_USE.put("chat", Set.of());
    MAY_USE.put("tensor", Set.of("chat"));
    MAY_USE.put("model", Set.of("tensor", "chat"));
    MAY_USE.put("engine", Set.of("model", "chat"));
    MAY_USE.put("training", Set.of("tensor", "model", "chat"));
    MAY_USE.put("langchain4j", Set.of("engine", "chat"));
    MAY_USE.put("database", Set.of("chat"));
    MAY_USE.put("governance", Set.of("database", "chat"));
    MAY_USE.put("store", Set.of("chat"));
    MAY_USE.put("parser", Set.of());
    MAY_USE.put("documents", Set.of("database", "chat"));
    MAY_USE.put("evaluation", Set.of("chat"));
    MAY_USE.put("remote", Set.of("chat"));
    MAY_USE.put("junit", Set.of("evaluation", "chat"));
    MAY_USE.put("workload", Set.of("governance", "database", "chat"));
    MAY_USE.put("proving", Set.of("evaluation", "workload", "governance", "database", "chat"));
    MAY_USE.put(
        "server",
        Set.of("proving", "evaluation", "workload", "documents", "governance", "database", "chat"));
    MAY_USE.put(
        "cli",
        Set.of(
            "chat",
            "tensor",
            "model",
            "engine",
            "training",
            "database",
            "governance",
            "store",
            "documents",
            "evaluation",
            "proving",
            "remote",
            "workload",
            "server"));
  }

  private static JavaClasses scanned;

  static Set<String> rooms() {
    return MAY_USE.keySet();
  }

  @BeforeAll
  static void scan() {
    Path root = Path.of(System.getProperty("freehold.root"));
    List<Path> rooms =
        MAY_USE.keySet().stream()
            .map(room -> root.resolve(room).resolve("target/classes"))
            .filter(Files::isDirectory)
            .toList();
    scanned =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption((Location location) -> !location.contains("module-info"))
            .importPaths(new ArrayList<>(rooms));
  }

  @Test
  void everyRoomWasScanned() {
    Set<String> seen = new TreeSet<>();
    for (JavaClass one : scanned) {
      String[] parts = one.getPackageName().split("\\.", -1);
      if (parts.length > 2) {
        seen.add(parts[2]);
      }
    }
    assertThat(seen).containsAll(MAY_USE.keySet());
    assertThat(scanned).hasSizeGreaterThan(300);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomUsesOnlyTheRoomsItMay(String room) {
    List<String> others =
        MAY_USE.keySet().stream()
            .filter(other -> !other.equals(room) && !MAY_USE.get(room).contains(other))
            .map(other -> "dev.freehold." + other + "..")
            .toList();
    noClasses()
        .that(resideInAPackage("dev.freehold." + room + ".."))
        .should()
        .dependOnClassesThat(resideInAnyPackage(others.toArray(String[]::new)))
        .because(
            "docs/ARCHITECTURE.md lists what "
                + room
                + " may use, and a room that knows more cannot be changed alone")
        .check(scanned);
  }

  @Test
  void onlyTensorSeesTheVectorApi() {
    noClasses()
        .that(resideInAPackage("dev.freehold.."))
        .and()
        .resideOutsideOfPackage("dev.freehold.tensor..")
        .should()
        .dependOnClassesThat(resideInAPackage("jdk.incubator.vector.."))
        .because("the incubator changes with each JDK, and one room can follow it")
        .check(scanned);
  }

  @Test
  void onlyTwoRoomsOpenConnectionsToTheOutside() {
    noClasses()
        .that(resideInAPackage("dev.freehold.."))
        .and()
        .resideOutsideOfPackages("dev.freehold.store..", "dev.freehold.remote..")
        .and()
        .doNotHaveSimpleName("RehearseCommand")
        .and()
        .resideOutsideOfPackage("dev.freehold.parser..")
        .should()
        .dependOnClassesThat(resideInAPackage("java.net.http.."))
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(
            java.net.Socket.class, java.net.HttpURLConnection.class, java.net.URLConnection.class)
        .because(
            "nothing leaves without permission: the store pulls models and remote asks upstreams behind the gate; a rehearsal asks itself, and the reader names sockets to cut itself off")
        .check(scanned);
  }

  @Test
  void onlyThreeRoomsStartProcesses() {
    noClasses()
        .that(resideInAPackage("dev.freehold.."))
        .and()
        .resideOutsideOfPackages(
            "dev.freehold.store..", "dev.freehold.documents..", "dev.freehold.evaluation..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ProcessBuilder.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String[].class)
        .because(
            "the store runs pip, documents its reader and evaluation the graders of the user's own; nobody else runs anything")
        .check(scanned);
  }

  @Test
  void nobodyEndsTheProcessButTheProgram() {
    noClasses()
        .that(resideInAPackage("dev.freehold.."))
        .and()
        .doNotHaveFullyQualifiedName(Freehold.class.getName())
        .and()
        .resideOutsideOfPackage("dev.freehold.parser..")
        .should()
        .callMethod(System.class, "exit", int.class)
        .because(
            "a library that ends its host's process is a bug; the reader is a process of its own")
        .check(scanned);
  }

  @Test
  void namesSayWhatAThingIs() {
    noClasses()
        .that(resideInAPackage("dev.freehold.."))
        .should()
        .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Support|Base|Impl|Info)")
        .because("such a name says that nobody knew what the thing was")
        .check(scanned);
  }

  @Test
  void theExceptionsOfTheProductAreThoseOfChat() {
    classes()
        .that()
        .areAssignableTo(dev.freehold.chat.FreeholdException.class)
        .should()
        .resideInAPackage("dev.freehold.chat")
        .because("one place maps them to HTTP and one to exit codes, and both switch over all")
        .check(scanned);
  }
}
