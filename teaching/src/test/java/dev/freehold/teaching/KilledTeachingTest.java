package dev.freehold.teaching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.SealedTexts;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Killed with -9 at random lines of what it says, again and again: at most the steps since the
/// last that was kept are made again, the job ends, and what is on the shelf is whole.
class KilledTeachingTest {

  @TempDir private Path folder;

  private static Process start(Path folder) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfreehold.parser.classpath=" + System.getProperty("freehold.parser.classpath"),
                "-cp",
                System.getProperty("java.class.path")
                    + java.io.File.pathSeparator
                    + System.getProperty("jdk.module.path", ""),
                Pupil.class.getName(),
                folder.toString()))
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void aTeachingThatIsKilledGoesOnAndPublishesNothingHalf()
      throws IOException, InterruptedException {
    Random random = new Random(11);
    int left = Integer.getInteger("freehold.kills", 3);
    for (int teaching = 1; left > 0; teaching++) {
      Path its = folder.resolve("teaching-" + teaching);
      Files.createDirectories(its);
      left -= killed(its, left, random);
    }
  }

  /// Teaches until it is done, killed at most so often, and says how often it was.
  private static int killed(Path folder, int kills, Random random)
      throws IOException, InterruptedException {
    int killed = 0;
    List<Integer> steps = new ArrayList<>();
    String ended = "";
    for (int i = 0; i <= kills && ended.isEmpty(); i++) {
      Process process = start(folder);
      int lines = i == kills ? Integer.MAX_VALUE : 1 + random.nextInt(12);
      int first = steps.size();
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        String line = out.readLine();
        for (int k = 0; line != null; k++) {
          if (line.startsWith("step ")) {
            steps.add(Integer.parseInt(line.substring(5)));
          } else if (line.startsWith("ended ")) {
            ended = line;
          }
          if (k == lines) {
            // The handle leaves the streams open, so that what was said before is read.
            process.toHandle().destroyForcibly();
            killed++;
          }
          line = out.readLine();
        }
      }
      process.waitFor();
      if (first > 0 && steps.size() > first) {
        // It goes on behind what was kept: every third step is, and one may be under way.
        assertThat(steps.get(first)).isGreaterThanOrEqualTo(steps.get(first - 1) - 3);
      }
    }
    assertThat(ended).isIn("ended HELD_BACK", "ended PUBLISHED");
    assertThat(steps.getLast()).isEqualTo(30);
    try (Classroom room =
        new Classroom(folder, new CountingTrainer(30, 3, _ -> {}), _ -> true, SealedTexts.NONE)) {
      TeachingJob job = room.teaching.jobs(Classroom.ANNA).getFirst();
      assertThat(room.teaching.steps(Classroom.ANNA, job.id())).hasSize(30);
      assertThat(room.shelf.names())
          .isEqualTo(job.state() == JobState.PUBLISHED ? List.of("killed-1") : List.of());
      assertThat(room.teaching.jobs(Classroom.ANNA)).hasSize(1);
    }
    return killed;
  }
}
