package dev.freehold.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KernelsTest {

  @ParameterizedTest
  @EnumSource
  void aPackedMatrixGivesTheProductsOfTheMappedOne(TensorType type) {
    MatrixComparison.compare(type);
  }

  @Test
  void sharesOfInputsHaveTheProductsOfEachByItself() {
    MatrixComparison.shares();
  }

  @Test
  void normalizationAgreesWithItsScalarTwin() {
    KernelsComparison.normalization();
  }

  @Test
  void gatingAgreesWithItsScalarTwinOnExtremesToo() {
    KernelsComparison.gating();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1e-9, 1.1283791670955126e-9",
    "0.5, 0.5204998778130465",
    "-1, -0.8427007929497149",
    "2.4, 0.9993114861033549",
    "2.6, 0.9997639655834707",
    "4, 0.9999999845827421",
    "7, 1"
  })
  void theErrorFunctionIsThatOfTheTables(double x, double expected) {
    assertThat(ScalarKernels.errorFunction(x)).isCloseTo(expected, offset(1e-14));
  }

  @Test
  void rotationAgreesWithItsScalarTwin() {
    KernelsComparison.rotation();
  }

  @Test
  void attentionAgreesWithItsScalarTwinAtBlockEdges() {
    KernelsComparison.attention();
  }

  @Test
  void theDeltaRuleAgreesWithItsScalarTwin() {
    KernelsComparison.deltaRule();
  }

  @ParameterizedTest
  @CsvSource({"32, 8", "16, 0"})
  void aProcessorWithShorterVectorsComputesTheSame(int vectorBytes, int lanes)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:MaxVectorSize=" + vectorBytes,
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                MatrixComparison.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(output).contains("lanes " + lanes);
  }
}
