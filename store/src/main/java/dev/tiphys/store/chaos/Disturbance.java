package dev.tiphys.store.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What can be done to a member; it is undone before the next one. */
enum Disturbance {
  /** kill -9, and a start. */
  KILL {
    @Override
    void begin(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.kill(member);
    }

    @Override
    void end(Cluster cluster, int member) throws IOException {
      cluster.start(member);
    }
  },

  /** SIGSTOP, as if the machine had gone to sleep: its clocks jump when it wakes up. */
  FREEZE {
    @Override
    void begin(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.freeze(member);
    }

    @Override
    void end(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.thaw(member);
    }
  },

  /** Its disk is gone: it is removed, and a new one with nothing takes its place. */
  REPLACE {
    @Override
    void begin(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.kill(member);
    }

    @Override
    void end(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.replace(member);
    }
  },

  /** Neither of the others hears it, but clients do. */
  ISOLATE {
    @Override
    void begin(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.network().cut(member, (member + 1) % Cluster.SIZE);
      cluster.network().cut(member, (member + 2) % Cluster.SIZE);
    }

    @Override
    void end(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.network().heal();
    }
  },

  /** It and one other do not hear each other; the third hears both. */
  SEPARATE {
    @Override
    void begin(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.network().cut(member, (member + 1) % Cluster.SIZE);
    }

    @Override
    void end(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.network().heal();
    }
  };

  /** Those that are possible on a network, in their order. */
  static List<Disturbance> on(Network network) {
    var possible = new ArrayList<>(List.of(values()));
    if (!network.canCut()) {
      possible.removeAll(List.of(ISOLATE, SEPARATE));
    }
    return possible;
  }

  abstract void begin(Cluster cluster, int member) throws IOException, InterruptedException;

  abstract void end(Cluster cluster, int member) throws IOException, InterruptedException;
}
