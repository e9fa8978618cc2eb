package dev.freehold.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AssemblerTest {

  private static final Pattern PLACE =
      Pattern.compile("\\[(\\w+)(?:\\+(r\\w+)\\*(\\d))?([+-]\\d+)?]");

  /// Instructions and their bytes as GNU as has them; `oracles/machine_code.py` wrote them.
  private static List<String> goldens() throws IOException {
    try (InputStream in = AssemblerTest.class.getResourceAsStream("/machine-code.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void everyInstructionIsEncodedAsGnuAsDoes() throws IOException {
    List<String> goldens = goldens();
    assertThat(goldens).hasSizeGreaterThan(850);
    for (String golden : goldens) {
      String[] parts = golden.split("\t", -1);
      Assembler code = new Assembler();
      write(code, parts[0]);
      assertThat(HexFormat.of().formatHex(code.bytes())).as(parts[0]).isEqualTo(parts[1]);
    }
  }

  private static void write(Assembler code, String instruction) {
    String name = instruction.split(" ", -1)[0];
    String[] operands = instruction.substring(name.length()).strip().split(",", -1);
    switch (name) {
      case "vmovups" -> {
        if (operands[0].startsWith("[")) {
          code.vmovups(place(operands[0]), zmm(operands[1]));
        } else {
          code.vmovups(zmm(operands[0]), place(operands[1]));
        }
      }
      case "vmovdqa64" -> code.vmovdqa64(zmm(operands[0]), zmm(operands[1]));
      case "vpxord" -> code.vpxord(zmm(operands[0]), zmm(operands[1]), zmm(operands[2]));
      case "vaddps" -> code.vaddps(zmm(operands[0]), zmm(operands[1]), place(operands[2]));
      case "vpbroadcastd" -> code.vpbroadcastd(zmm(operands[0]), place(operands[1]));
      case "vdpbf16ps" -> code.vdpbf16ps(zmm(operands[0]), zmm(operands[1]), zmm(operands[2]));
      case "vcvtne2ps2bf16" ->
          code.vcvtne2ps2bf16(zmm(operands[0]), zmm(operands[1]), place(operands[2]));
      case "vpermw" -> code.vpermw(zmm(operands[0]), zmm(operands[1]), zmm(operands[2]));
      case "vpermt2d" -> code.vpermt2d(zmm(operands[0]), zmm(operands[1]), zmm(operands[2]));
      case "vpermt2w" -> code.vpermt2w(zmm(operands[0]), zmm(operands[1]), zmm(operands[2]));
      case "vzeroupper" -> code.vzeroupper();
      default -> {
        if (name.contains("tile") || name.startsWith("tdp")) {
          writeTiles(code, name, operands);
        } else {
          writeGeneral(code, name, operands);
        }
      }
    }
  }

  private static void writeTiles(Assembler code, String name, String[] operands) {
    switch (name) {
      case "ldtilecfg" -> code.ldtilecfg(place(operands[0]));
      case "tileloadd" -> code.tileloadd(tmm(operands[0]), place(operands[1]));
      case "tilestored" -> code.tilestored(place(operands[0]), tmm(operands[1]));
      case "tilezero" -> code.tilezero(tmm(operands[0]));
      case "tdpbf16ps" -> code.tdpbf16ps(tmm(operands[0]), tmm(operands[1]), tmm(operands[2]));
      case "tilerelease" -> code.tilerelease();
      default -> throw new IllegalArgumentException(name);
    }
  }

  private static Tmm tmm(String operand) {
    return Tmm.of(Integer.parseInt(operand.substring("tmm".length())));
  }

  private static void writeGeneral(Assembler code, String name, String[] operands) {
    switch (name) {
      case "mov" -> {
        if (operands[0].startsWith("e")) {
          code.movd(
              Register.valueOf("R" + operands[0].substring(1).toUpperCase(Locale.ROOT)),
              Integer.parseInt(operands[1]));
        } else if (operands[1].startsWith("[")) {
          code.mov(register(operands[0]), place(operands[1]));
        } else {
          code.mov(register(operands[0]), register(operands[1]));
        }
      }
      case "lea" -> code.lea(register(operands[0]), place(operands[1]));
      case "add" -> {
        if (operands[1].startsWith("r")) {
          code.add(register(operands[0]), register(operands[1]));
        } else {
          code.add(register(operands[0]), Integer.parseInt(operands[1]));
        }
      }
      case "and" -> code.and(register(operands[0]), Byte.parseByte(operands[1]));
      case "dec" -> code.dec(register(operands[0]));
      case "push" -> code.push(register(operands[0]));
      case "pop" -> code.pop(register(operands[0]));
      case "cpuid" -> code.cpuid();
      case "ret" -> code.ret();
      default -> throw new IllegalArgumentException(name);
    }
  }

  private static Zmm zmm(String operand) {
    return Zmm.of(Integer.parseInt(operand.substring("zmm".length())));
  }

  private static Register register(String operand) {
    return Register.valueOf(operand.toUpperCase(Locale.ROOT));
  }

  private static Address place(String operand) {
    Matcher matcher = PLACE.matcher(operand);
    assertThat(matcher.find()).as(operand).isTrue();
    int displacement = matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4));
    Register index = matcher.group(2) == null ? null : register(matcher.group(2));
    int scale = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
    return new Address(register(matcher.group(1)), index, scale, displacement);
  }

  @Test
  void jumpsBackTakeTwoBytesWhereThatIsEnough() {
    Assembler code = new Assembler();
    code.ret();
    code.jnz(0);
    assertThat(code.bytes()).containsExactly(0xc3, 0x75, 0xfd);
    Assembler far = new Assembler();
    while (far.here() < 0x100) {
      far.align();
      far.ret();
    }
    int here = far.here();
    far.jnz(0);
    byte[] bytes = far.bytes();
    assertThat(bytes[here]).isEqualTo((byte) 0x0f);
    assertThat(bytes[here + 1]).isEqualTo((byte) 0x85);
    int distance = (bytes[here + 2] & 0xff) | bytes[here + 3] << 8;
    assertThat(distance).isEqualTo(-(here + 6));
  }

  @Test
  void whatHasNoEncodingIsRefused() {
    assertThatThrownBy(() -> Zmm.of(32)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tmm.of(8)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Register.RAX.plus(Register.RSP, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Register.RAX.plus(Register.RCX, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
