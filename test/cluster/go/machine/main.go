// Command machine is the wall around the test cluster: pid 1 of a process, mount, network, IPC and host name namespace of its own.
// Whatever runs inside (components, pods, mounts, sockets, interfaces, firewall rules) ends with it, whichever way it ends.
//
//	machine -state DIRECTORY PORT...
//
// listens on the first port of 127.0.0.1 that is free (0: any), starts pid 1, prints "PID PORT" and leaves once it has read a line.
// Pid 1 waits for that line too and dies without it: nothing runs that the starter has not been able to write down.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

const apiServer = "127.0.0.1:6443"

// listenerFd is where pid 1 finds the door's socket, which belongs to the network namespace outside.
const listenerFd = 3

func main() {
	state := flag.String("state", "", "directory that stays the same inside and outside")
	inside := flag.Bool("inside", false, "be pid 1; not for callers")
	flag.Parse()
	var err error
	if *inside {
		err = live(*state)
	} else {
		err = launch(*state, flag.Args())
	}
	if err != nil {
		log.Fatal("machine: ", err)
	}
}

func launch(state string, ports []string) error {
	door, err := listen(ports)
	if err != nil {
		return err
	}
	socket, err := door.File()
	if err != nil {
		return err
	}
	first := exec.Command("/proc/self/exe", "-inside", "-state", state)
	first.Stderr, first.ExtraFiles = os.Stderr, []*os.File{socket}
	permission, err := first.StdinPipe()
	if err != nil {
		return err
	}
	first.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
	}
	if err := first.Start(); err != nil {
		return err
	}
	fmt.Println(first.Process.Pid, door.Addr().(*net.TCPAddr).Port)
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the starter has gone: %w", err)
	}
	_, err = io.WriteString(permission, line)
	return err
}

func listen(ports []string) (*net.TCPListener, error) {
	err := fmt.Errorf("no port given")
	for _, port := range ports {
		var listener net.Listener
		if listener, err = net.Listen("tcp4", "127.0.0.1:"+port); err == nil {
			return listener.(*net.TCPListener), nil
		}
	}
	return nil, err
}

func live(state string) error {
	if err := furnish(state); err != nil {
		return err
	}
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return fmt.Errorf("no permission to live: %w", err)
	}
	door, err := net.FileListener(os.NewFile(listenerFd, "door"))
	if err != nil {
		return err
	}
	go serve(door, apiServer)
	reap()
	return nil
}

// reap buries orphans, as pid 1 must, until it is told to end.
func reap() {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGTERM)
	for s := range signals {
		if s == syscall.SIGTERM {
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
