# Sourced by ./freehold and ./verify: sets JAVA_HOME to a JDK 25 or says what to install.
freehold_is_jdk25() {
  # A JDK says its version in the file `release`; asking javac would take as long as starting Freehold.
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && grep -Eqs '^JAVA_VERSION="25([.]|"|-)' "$1/release"
}
freehold_find_jdk() {
  local candidate on_path
  on_path=$(command -v javac 2>/dev/null || true)
  if [ -n "$on_path" ]; then on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")"); fi
  local usual="/usr/lib/jvm:/opt/java:/opt:${HOME:-/}/.sdkman/candidates/java:${HOME:-/}/.jdks:/Library/Java/JavaVirtualMachines"
  local folder folders=()
  IFS=: read -r -a folders <<<"${FREEHOLD_JDK_FOLDERS:-$usual}"
  local candidates=("${JAVA_HOME:-}" "$on_path")
  for folder in "${folders[@]}"; do candidates+=("$folder"/* "$folder"/*/Contents/Home); done
  for candidate in "${candidates[@]}"; do
    if [ -n "$candidate" ] && freehold_is_jdk25 "$candidate"; then
      export JAVA_HOME="$candidate"
      return 0
    fi
  done
  echo "Freehold needs JDK 25 and found none. Install one (for example Temurin 25 from adoptium.net, or your system's openjdk-25-jdk package) and run this again; if it is installed in an unusual place, set JAVA_HOME to it." >&2
  return 1
}
freehold_find_jdk || exit 69
