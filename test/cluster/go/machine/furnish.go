package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

type mount struct {
	source, target, kind string
	flags                uintptr
	options              string
}

// furnish gives the machine its own view of the file system: its own /proc, an empty /run, and a /var whose changes are its own,
// so that what container tools leave there is nobody's to clean. The state directory stays the real one even below /var.
func furnish(state string) error {
	const kept, upper, work = "/run/state", "/run/var", "/run/var-work"
	if err := apply(
		mount{target: "/", flags: unix.MS_REC | unix.MS_PRIVATE},
		mount{"proc", "/proc", "proc", 0, ""},
		mount{"tmpfs", "/run", "tmpfs", 0, "mode=755"},
	); err != nil {
		return err
	}
	if err := shieldKernel(); err != nil {
		return err
	}
	for _, directory := range []string{kept, upper, work, "/run/lock"} {
		if err := os.Mkdir(directory, 0o755); err != nil {
			return err
		}
	}
	if err := apply(
		mount{state, kept, "", unix.MS_BIND | unix.MS_REC, ""},
		mount{"overlay", "/var", "overlay", 0, "lowerdir=/var,upperdir=" + upper + ",workdir=" + work},
		mount{kept, state, "", unix.MS_BIND | unix.MS_REC, ""},
		// kubelets pass mounts on to containers, which takes a shared tree
		mount{target: "/", flags: unix.MS_REC | unix.MS_SHARED},
	); err != nil {
		return err
	}
	return unix.Sethostname([]byte("kubectl-kafka-cluster"))
}

// shieldKernel shows kubelets the kernel settings that they insist on, without setting them: they are the whole machine's.
func shieldKernel() error {
	settings := map[string]string{
		"vm/overcommit_memory": "1", "vm/panic_on_oom": "0",
		"kernel/panic": "10", "kernel/panic_on_oops": "1",
		"kernel/keys/root_maxkeys": "1000000", "kernel/keys/root_maxbytes": "25000000",
	}
	for name, value := range settings {
		shield := "/run/" + strings.ReplaceAll(name, "/", ".")
		if err := os.WriteFile(shield, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := apply(mount{shield, "/proc/sys/" + name, "", unix.MS_BIND, ""}); err != nil {
			return err
		}
	}
	return nil
}

func apply(mounts ...mount) error {
	for _, m := range mounts {
		if err := unix.Mount(m.source, m.target, m.kind, m.flags, m.options); err != nil {
			return fmt.Errorf("mount %s: %w", m.target, err)
		}
	}
	return nil
}
