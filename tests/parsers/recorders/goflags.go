// Reads lines with Go's flag ("flag") or with pflag ("pflag", "pflag-first": options end at the first operand).
package main

import (
	"bufio"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

type entry struct {
	name  string
	flag  bool
	found *[]string
}

func (e *entry) String() string   { return "" }
func (e *entry) Type() string     { return "string" }
func (e *entry) IsBoolFlag() bool { return e.flag }
func (e *entry) Set(value string) error {
	if e.flag {
		switch value {
		case "1", "t", "T", "TRUE", "true", "True":
			*e.found = append(*e.found, e.name)
		case "0", "f", "F", "FALSE", "false", "False":
		default:
			return fmt.Errorf("no truth value")
		}
		return nil
	}
	*e.found = append(*e.found, e.name+"="+coded(value))
	return nil
}

func coded(text string) string { return "x" + hex.EncodeToString([]byte(text)) }

var valued = map[string]string{"execute": "e", "execute-print": "p", "libdir": "I"}
var flags = map[string]string{"dry-run": "n", "quiet": "q", "color": "", "no-color": ""}

func read(kind string, words []string) ([]string, []string, error) {
	found := []string{}
	if kind == "flag" {
		set := flag.NewFlagSet("program", flag.ContinueOnError)
		set.SetOutput(io.Discard)
		for name, letter := range valued {
			set.Var(&entry{name, false, &found}, name, "")
			set.Var(&entry{name, false, &found}, letter, "")
		}
		for name, letter := range flags {
			set.Var(&entry{name, true, &found}, name, "")
			if letter != "" {
				set.Var(&entry{name, true, &found}, letter, "")
			}
		}
		err := set.Parse(words)
		return found, set.Args(), err
	}
	set := pflag.NewFlagSet("program", pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.SetInterspersed(kind == "pflag")
	for name, letter := range valued {
		set.VarP(&entry{name, false, &found}, name, letter, "")
	}
	for name, letter := range flags {
		set.VarPF(&entry{name, true, &found}, name, letter, "").NoOptDefVal = "true"
	}
	err := set.Parse(words)
	return found, set.Args(), err
}

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		words := []string{}
		for _, field := range strings.Fields(scanner.Text()) {
			text, _ := hex.DecodeString(field[1:])
			words = append(words, string(text))
		}
		found, rest, err := read(os.Args[1], words)
		if err != nil {
			fmt.Println("refused")
			continue
		}
		found = append(found, "|")
		for _, word := range rest {
			found = append(found, coded(word))
		}
		fmt.Println(strings.Join(found, " "))
	}
}
