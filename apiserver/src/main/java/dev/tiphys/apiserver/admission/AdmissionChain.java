package dev.tiphys.apiserver.admission;

import dev.tiphys.api.schema.ApiObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plug-ins, asked in order. */
public final class AdmissionChain implements Admission {

  private final List<Admission> plugins;

  /** Keeps the order. */
  public AdmissionChain(List<Admission> plugins) {
    this.plugins = List.copyOf(plugins);
  }

  @Override
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    T current = object;
    for (Admission plugin : plugins) {
      current = plugin.mutate(request, current, old);
    }
    return current;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    for (Admission plugin : plugins) {
      plugin.validate(request, object, old);
    }
  }
}
