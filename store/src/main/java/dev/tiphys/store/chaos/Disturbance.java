package dev.tiphys.store.chaos;

import java.io.IOException;

/** What can be done to a member; it is undone before the next one. */
public enum Disturbance {
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

  /** Each sync of its disk takes a fifth of a second longer. */
  SLOW {
    @Override
    void begin(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.slow(member);
    }

    @Override
    void end(Cluster cluster, int member) throws InterruptedException {
      cluster.hasten();
    }
  },

  /** Its time of day jumps by a month, and back again: no lease may end of that. */
  JUMP {
    @Override
    void begin(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.jump(member);
    }

    @Override
    void end(Cluster cluster, int member) throws IOException, InterruptedException {
      cluster.jumpBack(member);
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

  /** Whether it cuts members off from each other. */
  boolean cuts() {
    return this == ISOLATE || this == SEPARATE;
  }

  abstract void begin(Cluster cluster, int member) throws IOException, InterruptedException;

  abstract void end(Cluster cluster, int member) throws IOException, InterruptedException;
}
