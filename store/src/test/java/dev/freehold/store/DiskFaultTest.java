package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DiskFaultTest {

  private static final String GERMAN = "Auf dem Gerät ist kein Speicherplatz mehr verfügbar";

  @TempDir Path folder;

  @Test
  void aFullDiskIsKnownByEnglishWords() {
    for (String words :
        new String[] {
          "No space left on device", "Disk quota exceeded", "File too large",
        }) {
      assertThat(DiskFault.full(folder, new IOException(words))).as(words).isTrue();
      assertThat(DiskFault.full(folder, new FileSystemException("a", null, words))).isTrue();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsKnownByTheSystemsWordsInAnyLanguage() throws IOException {
    try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
      full.write(ByteBuffer.allocate(1));
    } catch (IOException e) {
      assertThat(DiskFault.full(folder, e)).isTrue();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsKnownByTheSpaceThatIsLeftWhateverTheWords() {
    Path nothingLeft = Path.of("/proc/self/models/none");
    assertThat(DiskFault.full(nothingLeft, new IOException(GERMAN))).isTrue();
    assertThat(DiskFault.full(nothingLeft, new AccessDeniedException("x"))).isFalse();
    assertThat(DiskFault.full(nothingLeft, new NoSuchFileException("x"))).isFalse();
  }

  @Test
  void otherFaultsAreNotTakenForAFullDisk() {
    assertThat(DiskFault.full(folder, new IOException("Input/output error"))).isFalse();
    assertThat(DiskFault.full(folder, new AccessDeniedException("x"))).isFalse();
    assertThat(DiskFault.full(folder.resolve("not/there"), new IOException((String) null)))
        .isFalse();
  }
}
