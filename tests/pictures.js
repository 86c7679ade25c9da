// Every picture that can be seen on the page, with what is drawn on those that are a canvas; see pictures.py.
leastChroma => {
    const library = window.cultureshift;
    const decorative = "[aria-hidden=true], [aria-hidden=true] *, .cs-print, .cs-print *";
    const all = Array.from(document.querySelectorAll("canvas, svg, img, [role=img], [data-picture]"))
        .filter(one => one.getClientRects().length && !one.matches(decorative));
    const outermost = all.filter(one => !all.some(other => other !== one && other.contains(one)));
    const isNear = (one, other) => one.every((part, place) => Math.abs(part - other[place]) < 4);
    const close = (pixel, colours) => colours.some(colour => isNear(pixel, colour));
    const rgb = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
    const colours = theme => {
        const kept = library.theme;
        library.theme = theme;
        const { ink, soft, grid, faint, purpose, lines, series } = library.palette();
        const ramps = ["control", "safety"].flatMap(library.ramp).map(colour => colour.match(/\d+/g).map(Number));
        library.theme = kept;
        return { plain: [ink, soft, grid, faint, purpose, ...Object.values(lines), ...series].map(rgb), ramps };
    };
    const read = canvas => {
        const { width, height } = canvas;
        if (!width || !height) return { coloured: 0, columns: 0, own: 0, other: 0 };
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        const mine = Object.values(colours(library.theme)).flat();
        const others = colours(library.theme === "dark" ? "light" : "dark").plain;
        const seen = new Map();
        const columns = new Set();
        let coloured = 0, own = 0, other = 0;
        for (let place = 0; place < data.length; place += 4) {
            if (data[place + 3] < 30) continue;
            const pixel = [data[place], data[place + 1], data[place + 2]];
            if (Math.max(...pixel) - Math.min(...pixel) >= leastChroma) {
                coloured += 1;
                columns.add((place / 4) % width);
            }
            if (data[place + 3] < 200) continue;
            const key = (pixel[0] << 16) | (pixel[1] << 8) | pixel[2];
            if (!seen.has(key)) seen.set(key, close(pixel, mine) ? 1 : close(pixel, others) ? 2 : 0);
            own += seen.get(key) === 1;
            other += seen.get(key) === 2;
        }
        return { coloured: coloured / (width * height), columns: columns.size / width, own, other };
    };
    const scale = Math.min(2, window.devicePixelRatio);
    return outermost.map(one => {
        const box = one.getBoundingClientRect();
        const picture = {
            name: one.getAttribute("aria-label") || one.getAttribute("alt") || one.dataset.picture || "no name",
            kind: one.tagName.toLowerCase(),
            box: [box.left + window.scrollX, box.top + window.scrollY, box.width, box.height],
        };
        if (picture.kind !== "canvas") return picture;
        const wanted = [one.clientWidth, one.clientHeight].map(length => Math.round(Math.max(1, length) * scale));
        return { ...picture, ...read(one), size: [one.width, one.height], wanted };
    });
}
