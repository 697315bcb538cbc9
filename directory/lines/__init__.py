"""Help lines: which number answers, for whom, and from where can it be dialled?"""
