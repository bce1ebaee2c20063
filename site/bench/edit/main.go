// Edit measures how long it takes from an edit to the page that serve shows:
// it starts serve on a folder, adds a paragraph to a text and asks for its page
// until the words are there, again and again.
//
//	edit PROVISO FOLDER TEXT PAGE [TIMES]
//
// PAGE is the page's address, such as http://site01.example.localhost/privacy/;
// the port is whichever is free. It prints the median and the longest time, in
// milliseconds, and leaves the text as it was.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: edit PROVISO FOLDER TEXT PAGE [TIMES]")
		os.Exit(2)
	}
	times := 10
	if len(os.Args) > 5 {
		times, _ = strconv.Atoi(os.Args[5])
	}
	if err := measure(os.Args[1], os.Args[2], os.Args[3], os.Args[4], max(times, 1)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(program, folder, text, page string, times int) (err error) {
	was, err := os.ReadFile(text)
	if err != nil {
		return err
	}
	defer os.WriteFile(text, was, 0o644)
	serve := exec.Command(program, "-C", folder, "serve", "--addr", "127.0.0.1:0")
	serve.Stderr = os.Stderr
	out, err := serve.StdoutPipe()
	if err != nil {
		return err
	}
	if err := serve.Start(); err != nil {
		return err
	}
	defer func() { _, _ = serve.Process.Kill(), serve.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	at, err := url.Parse(line[:len(line)-1])
	if err != nil {
		return err
	}
	first := time.Now()
	if _, err := get(page, at.Port()); err != nil {
		return err
	}
	fmt.Printf("first page %d ms", time.Since(first).Milliseconds())
	var took []time.Duration
	for i := range times {
		words := fmt.Sprintf("This is the edit number %d of a morning.", i)
		begin := time.Now()
		if err := os.WriteFile(text, append(slices.Clone(was), "\n"+words+"\n"...), 0o644); err != nil {
			return err
		}
		for {
			data, err := get(page, at.Port())
			if err != nil {
				return err
			}
			if bytes.Contains(data, []byte(words)) {
				break
			}
		}
		took = append(took, time.Since(begin))
		time.Sleep(100 * time.Millisecond) // nobody types faster
	}
	slices.Sort(took)
	fmt.Printf(", edit to page %d ms, at most %d ms\n", took[len(took)/2].Milliseconds(), took[len(took)-1].Milliseconds())
	return nil
}

// get asks this machine for a page.
func get(page, port string) ([]byte, error) {
	u, err := url.Parse(page)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:"+port+u.Path, nil)
	if err != nil {
		return nil, err
	}
	req.Host = u.Host + ":" + port
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}
