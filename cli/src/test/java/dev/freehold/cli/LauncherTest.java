package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the scripts find a JDK 25 on machines of all kinds.
class LauncherTest {

  @TempDir private Path machine;

  private Path jdk(String name, String version) throws IOException {
    Path home = Files.createDirectories(machine.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    for (String tool : new String[] {"java", "javac"}) {
      Path file = Files.writeString(home.resolve("bin").resolve(tool), "#!/bin/sh\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private record Found(int code, String out, String err) {}

  private Found find(String path, String javaHome) throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("freehold.root"));
    Path out = machine.resolve("out");
    Path err = machine.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash", "-euo", "pipefail", "-c", ". .mvn/find-jdk.sh; echo \"$JAVA_HOME\"")
            .directory(root.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", path);
    environment.put("FREEHOLD_JDK_FOLDERS", machine.resolve("jvm").toString());
    if (!javaHome.isEmpty()) {
      environment.put("JAVA_HOME", javaHome);
    }
    int code = builder.start().waitFor();
    return new Found(
        code,
        Files.readString(out, StandardCharsets.UTF_8).strip(),
        Files.readString(err, StandardCharsets.UTF_8).strip());
  }

  @Test
  void theOneInJavaHomeIsTaken() throws IOException, InterruptedException {
    Path jdk = jdk("mine", "25.0.1");
    jdk("jvm/other", "25");
    assertThat(find("/usr/bin:/bin", jdk.toString()).out()).isEqualTo(jdk.toString());
  }

  @Test
  void anOlderOneInJavaHomeIsPassedOver() throws IOException, InterruptedException {
    Path old = jdk("old", "21.0.4");
    Path right = jdk("jvm/right", "25");
    Files.createDirectories(machine.resolve("jvm/not-a-jdk"));
    assertThat(find("/usr/bin:/bin", old.toString()).out()).isEqualTo(right.toString());
  }

  @Test
  void theOneOnThePathIsTaken() throws IOException, InterruptedException {
    Path jdk = jdk("somewhere", "25.0.3");
    jdk("jvm/newer", "26");
    Found found = find(jdk.resolve("bin") + ":/usr/bin:/bin", "");
    assertThat(found.out()).isEqualTo(jdk.toRealPath().toString());
  }

  @Test
  void aMachineWithoutAnySaysInOneSentenceWhatToInstall() throws IOException, InterruptedException {
    jdk("jvm/early", "250.1");
    jdk("jvm/seventeen", "17.0.25");
    Path empty = Files.createDirectories(machine.resolve("tools"));
    for (String tool : new String[] {"bash", "grep", "readlink", "dirname"}) {
      Files.createSymbolicLink(empty.resolve(tool), Path.of("/usr/bin", tool));
    }
    Found found = find(empty.toString(), "");
    assertThat(found.code()).isEqualTo(69);
    assertThat(found.out()).isEmpty();
    assertThat(found.err().lines()).hasSize(1);
    assertThat(found.err()).contains("JDK 25", "adoptium.net", "JAVA_HOME");
  }
}
