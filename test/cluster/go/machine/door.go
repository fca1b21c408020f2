package main

import (
	"io"
	"log"
	"net"
)

// serve is the door to the cluster: it joins each connection from outside to one inside. The kernel moves the bytes (splice).
func serve(door net.Listener, address string) {
	for {
		client, err := door.Accept()
		if err != nil {
			log.Print("door: ", err)
			return
		}
		go join(client.(*net.TCPConn), address)
	}
}

func join(client *net.TCPConn, address string) {
	defer client.Close()
	connection, err := net.Dial("tcp4", address)
	if err != nil {
		return
	}
	server := connection.(*net.TCPConn)
	defer server.Close()
	done := make(chan struct{})
	go func() {
		pass(server, client)
		close(done)
	}()
	pass(client, server)
	<-done
}

// pass copies until the source ends, then tells the destination so.
func pass(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		from.CloseRead()
	}
	to.CloseWrite()
}
