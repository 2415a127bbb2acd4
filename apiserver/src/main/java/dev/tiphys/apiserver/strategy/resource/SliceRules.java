package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.core.v1.NodeSelector;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.resource.v1.Counter;
import dev.tiphys.api.resource.v1.Device;
import dev.tiphys.api.resource.v1.DeviceAttribute;
import dev.tiphys.api.resource.v1.DeviceTaint;
import dev.tiphys.api.resource.v1.ResourcePool;
import dev.tiphys.api.resource.v1.ResourceSlice;
import dev.tiphys.api.resource.v1.ResourceSliceSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.NodeSelectors;
import dev.tiphys.apiserver.strategy.Strategy;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of ResourceSlice: what a driver tells of its devices. */
public final class SliceRules {

  private static final Path SPEC = Path.of("spec");
  private static final int MOST_DEVICES = 128;
  private static final int MOST_ELABORATE_DEVICES = 64;
  private static final int MOST_COUNTER_SETS = 8;
  private static final int MOST_COUNTERS = 32;
  private static final int MOST_PROPERTIES = 32;
  private static final int MOST_VALUES = 48;
  private static final int MOST_TAINTS = 16;
  private static final int MOST_CONSUMED_SETS = 2;
  private static final int LONGEST_VALUE = 64;
  private static final String NUMBER = "(0|[1-9]\\d*)";
  private static final String PRE = "(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)";
  private static final String BUILD = "[0-9a-zA-Z-]+";
  private static final String VERSION =
      NUMBER
          + "\\."
          + NUMBER
          + "\\."
          + NUMBER
          + "(-"
          + PRE
          + "(\\."
          + PRE
          + ")*)?(\\+"
          + BUILD
          + "(\\."
          + BUILD
          + ")*)?";

  private SliceRules() {}

  /** The rules; the clock tells when a taint was set. */
  public static Strategy<ResourceSlice> rules(InstantSource clock) {
    return KindRules.<ResourceSlice>builder()
        .generations(true)
        .defaults(object -> filled(object, clock))
        .validate((object, errors) -> validate(in(object), errors))
        .change((object, old, errors) -> {
          Checks.immutable(
              pool(object).name(), pool(old).name(), SPEC.child("pool", "name"), errors);
          Checks.immutable(in(object).driver(), in(old).driver(), SPEC.child("driver"), errors);
          Checks.immutable(
              in(object).nodeName(), in(old).nodeName(), SPEC.child("nodeName"), errors);
        })
        .field("spec.nodeName", o -> in(o).nodeName())
        .field("spec.driver", o -> in(o).driver())
        .build();
  }

  private static ResourceSlice filled(ResourceSlice object, InstantSource clock) {
    if (object.spec() == null) {
      return object;
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    List<Device> devices =
        in(object).devices().stream().map(device -> NodeShares.filled(timed(device, now))).toList();
    return devices.equals(in(object).devices())
        ? object
        : object.withSpec(in(object).withDevices(devices));
  }

  private static Device timed(Device device, Instant now) {
    return device.withTaints(
        device.taints().stream()
            .map(taint -> taint.timeAdded() == null ? taint.withTimeAdded(now) : taint)
            .toList());
  }

  private static ResourceSliceSpec in(ResourceSlice object) {
    return Objects.requireNonNullElse(object.spec(), ResourceSliceSpec.EMPTY);
  }

  private static ResourcePool pool(ResourceSlice object) {
    return Objects.requireNonNullElse(in(object).pool(), ResourcePool.EMPTY);
  }

  private static void validate(ResourceSliceSpec spec, FieldErrors errors) {
    DeviceNames.driver(spec.driver(), SPEC.child("driver"), errors);
    ResourcePool pool = Objects.requireNonNullElse(spec.pool(), ResourcePool.EMPTY);
    DeviceNames.pool(pool.name(), SPEC.child("pool", "name"), errors);
    long slices = Objects.requireNonNullElse(pool.resourceSliceCount(), 0L);
    if (slices <= 0) {
      errors.invalid(SPEC.child("pool", "resourceSliceCount"), slices, "must be greater than zero");
    }
    if (pool.generation() != null && pool.generation() < 0) {
      errors.invalid(
          SPEC.child("pool", "generation"),
          pool.generation(),
          "must be greater than or equal to zero");
    }
    validateNodes(spec, errors);
    if (!spec.sharedCounters().isEmpty() && !spec.devices().isEmpty()) {
      errors.invalid(SPEC, "", "only one of `sharedCounters` or `devices` is allowed");
    }
    boolean elaborate =
        spec.devices().stream()
            .anyMatch(d ->
                !d.taints().isEmpty()
                    || !d.consumesCounters().isEmpty()
                    || d.attributes().values().stream().anyMatch(a -> listed(a) > 0));
    Path devices = SPEC.child("devices");
    if (Checks.fits(
        spec.devices(), elaborate ? MOST_ELABORATE_DEVICES : MOST_DEVICES, devices, errors)) {
      boolean each = Boolean.TRUE.equals(spec.perDeviceNodeSelection());
      for (int i = 0; i < spec.devices().size(); i++) {
        validate(spec.devices().get(i), each, devices.index(i), errors);
      }
      DeviceNames.unique(spec.devices(), d -> String.valueOf(d.name()), devices, errors);
    }
    Path counters = SPEC.child("sharedCounters");
    if (Checks.fits(spec.sharedCounters(), MOST_COUNTER_SETS, counters, errors)) {
      for (int i = 0; i < spec.sharedCounters().size(); i++) {
        var set = spec.sharedCounters().get(i);
        Checks.label(set.name(), counters.index(i).child("name"), errors);
        validateCounters(set.counters(), counters.index(i).child("counters"), errors);
      }
      DeviceNames.unique(
          spec.sharedCounters(), set -> String.valueOf(set.name()), counters, errors);
    }
  }

  private static void validateNodes(ResourceSliceSpec spec, FieldErrors errors) {
    List<String> set = new ArrayList<>();
    String unset = "must be either unset or set to ";
    nodes(
        spec.nodeName(),
        spec.nodeSelector(),
        spec.allNodes(),
        unset + "a non-empty string",
        SPEC,
        set,
        errors);
    if (spec.nodeSelector() != null && spec.nodeSelector().nodeSelectorTerms().size() != 1) {
      errors.invalid(
          SPEC.child("nodeSelector", "nodeSelectorTerms"),
          spec.nodeSelector().nodeSelectorTerms(),
          "must have exactly one node selector term");
    }
    if (Boolean.TRUE.equals(spec.perDeviceNodeSelection())) {
      set.add("`perDeviceNodeSelection`");
    } else if (spec.perDeviceNodeSelection() != null) {
      errors.invalid(SPEC.child("perDeviceNodeSelection"), false, unset + "true");
    }
    String one =
        "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is"
            + " required";
    if (set.isEmpty()) {
      errors.required(SPEC, one);
    } else if (set.size() > 1) {
      errors.invalid(
          SPEC, "{" + String.join(", ", set) + "}", one + ", but multiple fields are set");
    }
  }

  /** Which ways to name nodes are used, each checked. */
  private static void nodes(
      @Nullable String name,
      @Nullable NodeSelector selector,
      @Nullable Boolean all,
      String empty,
      Path path,
      List<String> set,
      FieldErrors errors) {
    if (name != null && name.isEmpty()) {
      errors.invalid(path.child("nodeName"), name, empty);
    } else if (name != null) {
      set.add("`nodeName`");
      errors.invalid(path.child("nodeName"), name, DnsNames.subdomain(name));
    }
    if (selector != null) {
      set.add("`nodeSelector`");
      NodeSelectors.validate(selector, path.child("nodeSelector"), errors);
    }
    if (Boolean.TRUE.equals(all)) {
      set.add("`allNodes`");
    } else if (all != null) {
      errors.invalid(path.child("allNodes"), false, "must be either unset or set to true");
    }
  }

  private static void validate(Device device, boolean each, Path path, FieldErrors errors) {
    DeviceNames.device(device.name(), path.child("name"), errors);
    int properties = device.attributes().size() + device.capacity().size();
    if (properties > MOST_PROPERTIES) {
      errors.invalid(
          path,
          properties,
          "the total number of attributes and capacities must not exceed " + MOST_PROPERTIES);
    }
    int values = device.attributes().values().stream().mapToInt(a -> Math.max(1, listed(a))).sum();
    if (values > MOST_VALUES) {
      errors.invalid(
          path, values, "the total number of attribute values must not exceed " + MOST_VALUES);
    }
    device
        .attributes()
        .forEach((name, attribute) -> {
          Path at = path.child("attributes").key(name);
          DeviceNames.qualified(name, at, errors);
          validate(attribute, at, errors);
        });
    boolean shared = Boolean.TRUE.equals(device.allowMultipleAllocations());
    device
        .capacity()
        .forEach((name, capacity) -> {
          Path at = path.child("capacity").key(name);
          DeviceNames.qualified(name, at, errors);
          if (capacity.requestPolicy() != null && shared) {
            CapacityRules.validate(capacity, at.child("requestPolicy"), errors);
          } else if (capacity.requestPolicy() != null) {
            errors.forbidden(at.child("requestPolicy"), "allowMultipleAllocations must be true");
          }
        });
    Path taints = path.child("taints");
    if (Checks.fits(device.taints(), MOST_TAINTS, taints, errors)) {
      for (int i = 0; i < device.taints().size(); i++) {
        DeviceTaint taint = device.taints().get(i);
        DeviceNames.taint(taint.key(), taint.value(), taints.index(i), errors);
        DeviceNames.effect(taint.effect(), taints.index(i).child("effect"), errors);
      }
    }
    Path consumed = path.child("consumesCounters");
    if (Checks.fits(device.consumesCounters(), MOST_CONSUMED_SETS, consumed, errors)) {
      for (int i = 0; i < device.consumesCounters().size(); i++) {
        var one = device.consumesCounters().get(i);
        Checks.label(one.counterSet(), consumed.index(i).child("counterSet"), errors);
        validateCounters(one.counters(), consumed.index(i).child("counters"), errors);
      }
      DeviceNames.unique(
          device.consumesCounters(), c -> String.valueOf(c.counterSet()), consumed, errors);
    }
    validateNodes(device, each, path, errors);
    DeviceNames.binding(
        device.bindingConditions(), device.bindingFailureConditions(), path, errors);
    NodeShares.validate(device, path.child("nodeAllocatableResourceMappings"), errors);
  }

  private static void validateNodes(Device device, boolean each, Path path, FieldErrors errors) {
    if (!each) {
      if (device.nodeName() != null || device.nodeSelector() != null || device.allNodes() != null) {
        errors.invalid(
            path,
            null,
            "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection`"
                + " is set to true in the ResourceSlice spec");
      }
      return;
    }
    List<String> set = new ArrayList<>();
    nodes(
        device.nodeName(),
        device.nodeSelector(),
        device.allNodes(),
        "must not be empty",
        path,
        set,
        errors);
    String one =
        "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when"
            + " `perDeviceNodeSelection` is set to true in the ResourceSlice spec";
    if (set.isEmpty()) {
      errors.required(path, one);
    } else if (set.size() > 1) {
      errors.invalid(path, "{" + String.join(", ", set) + "}", one);
    }
  }

  private static void validateCounters(
      Map<String, Counter> counters, Path path, FieldErrors errors) {
    if (counters.isEmpty()) {
      errors.required(path, "");
    } else if (counters.size() > MOST_COUNTERS) {
      errors.add(FieldError.tooMany(path, counters.size(), MOST_COUNTERS));
    } else {
      counters.keySet().forEach(name -> errors.invalid(path.key(name), name, DnsNames.label(name)));
    }
  }

  private static void validateVersion(String version, Path path, FieldErrors errors) {
    if (!version.matches(VERSION)) {
      errors.invalid(path, version, "must be a string compatible with semver.org spec 2.0.0");
    }
    Checks.notLonger(version, LONGEST_VALUE, path, errors);
  }

  /** How many values the lists of an attribute have. */
  private static int listed(DeviceAttribute attribute) {
    return attribute.bools().size()
        + attribute.ints().size()
        + attribute.strings().size()
        + attribute.versions().size();
  }

  private static void validate(DeviceAttribute attribute, Path path, FieldErrors errors) {
    Checks.notLonger(attribute.string(), LONGEST_VALUE, path.child("string"), errors);
    String version = attribute.version();
    if (version != null) {
      validateVersion(version, path.child("version"), errors);
    }
    for (int i = 0; i < attribute.strings().size(); i++) {
      Path at = path.child("strings").index(i);
      Checks.notLonger(attribute.strings().get(i), LONGEST_VALUE, at, errors);
    }
    for (int i = 0; i < attribute.versions().size(); i++) {
      validateVersion(attribute.versions().get(i), path.child("versions").index(i), errors);
    }
    long values =
        Stream.of(attribute.bool(), attribute.int_(), attribute.string(), version)
                .filter(Objects::nonNull)
                .count()
            + Stream.of(
                    attribute.bools(), attribute.ints(), attribute.strings(), attribute.versions())
                .filter(list -> !list.isEmpty())
                .count();
    if (values != 1) {
      errors.invalid(path, values == 0 ? "" : attribute, "exactly one value must be specified");
    }
  }
}
